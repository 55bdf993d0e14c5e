import { describe, expect, it } from 'vitest';
import { openSession, type LearnerOptions, type SessionOptions, type SessionState } from '../../src/training/index.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { endOf, eventsOf, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

/** Every learner, schedule and feedback there is. */
const learners: readonly LearnerOptions<'rflo' | 'delta'>[] = (['rflo', 'rtrl', 'bptt'] as const).flatMap((learner) =>
  (learner === 'bptt' ? (['trial'] as const) : (['trial', 'online'] as const)).flatMap((schedule) =>
    (['random', 'symmetric'] as const).map((feedback) => ({ learner, schedule, feedback })),
  ),
);
const named = learners.map((learner) => [Object.values(learner).join(' '), learner] as const);

const options = (learner: LearnerOptions<'rflo' | 'delta'>, seed = 1): SessionOptions => ({
  ...{ circuit: threeMatrices(), task: noise(), learner, seed, trials: 6 },
  checkpointSeconds: 1e-9,
});

/** What a session has come to, every bit of it, and the states it was in on the way. */
async function runOf(what: SessionOptions) {
  const events = await eventsOf(what);
  const { reason, state } = endOf(events);
  const { trial, best, last } = state;
  const trials = trialsOf(events);
  return { result: { reason, trial, best, last, trials, weights: bytes(state.weights) }, saved: statesOf(events) };
}

describe.each(named)('%s', (_, learner) => {
  it('with one seed comes to the same bits twice, and with another to others', async () => {
    const runs = await Promise.all([1, 1, 2].map((seed) => runOf(options(learner, seed))));
    const [first, second, other] = runs.map(({ result }) => result);
    expect(second).toEqual(first);
    expect(first.trials).toHaveLength(6);
    expect(other.trials).not.toEqual(first.trials);
    expect(other.weights).not.toBe(first.weights);
  });

  it('resumed from any of its checkpoints ends as if it had never stopped', async () => {
    const { saved, result } = await runOf(options(learner));
    expect(saved.map(({ trial }) => trial)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const state of saved) {
      const copy: SessionState = structuredClone(state);
      const resumed = await runOf({ ...options(learner), resume: copy });
      expect(resumed.result).toEqual({ ...result, trials: result.trials.slice(state.trial) });
    }
  });
});

describe('a trial of one timestep', () => {
  const pairs = (['rflo', 'rtrl'] as const).flatMap((learner) =>
    (['random', 'symmetric'] as const).map((feedback) => ({ learner, feedback })),
  );

  it.each(pairs)('is learned online as it is by trial: %o', async (learner) => {
    const [online, byTrial] = await Promise.all(
      (['online', 'trial'] as const).map((schedule) =>
        runOf({ ...options({ ...learner, schedule }), task: noise(1), trials: 6 }),
      ),
    );
    expect(online.result).toEqual(byTrial.result);
  });
});

describe('the trials of a task', () => {
  it('hang on the seed and their number alone', () => {
    const trial = (index: number, seed: number) => openSession(options({ learner: 'rflo' }, seed)).trialOf(index).input;
    expect(trial(2, 1)).toEqual(trial(2, 1));
    expect(trial(3, 1)).not.toEqual(trial(2, 1));
    expect(trial(2, 2)).not.toEqual(trial(2, 1));
  });
});

describe('a resumed session', () => {
  it('does not write into the state it was given, nor into those it has emitted', async () => {
    const { saved } = await runOf(options({ learner: 'rflo' }));
    const before = saved.map(({ weights }) => bytes(weights));
    await runOf({ ...options({ learner: 'rflo' }), resume: saved[2] });
    expect(saved.map(({ weights }) => bytes(weights))).toEqual(before);
    expect(new Set(before).size).toBe(6);
  });
});
