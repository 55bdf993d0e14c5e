import { beforeAll, describe, expect, it } from 'vitest';
import { circuit, type Circuit, type Schedule } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import {
  openSession,
  type EngineName,
  type LearnerOptions,
  type SessionOptions,
  type SessionState,
} from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { endOf, eventsOf, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

beforeAll(loadKernels);

/** Every learner, schedule and feedback there is, at rates that stay and at rates that fall. */
const learners: readonly LearnerOptions<'rflo' | 'delta'>[] = (['rflo', 'rtrl', 'bptt'] as const).flatMap((learner) =>
  (learner === 'bptt' ? (['trial'] as const) : (['trial', 'online'] as const)).flatMap((schedule) =>
    (['random', 'symmetric'] as const).flatMap((feedback) =>
      [0, 2.5].map((rateHalfLife) => ({ learner, schedule, feedback, rateHalfLife })),
    ),
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

describe('a circuit with dials', () => {
  const plain = threeMatrices();
  const dialled = circuit({
    ...{ neurons: plain.neurons, feedback: plain.feedback },
    synapses: {
      ...plain.synapses,
      recurrent: { ...plain.synapses['recurrent'], bounds: [-1, 1], bits: 4, traces: { timeConstant: 5, keep: true } },
      input: { ...plain.synapses['input'], plastic: 0.5, traces: { bits: 5, keep: true } },
    },
    axons: { x: { noise: 0.3 }, h: { threshold: 0.1, noise: 0.2, excitatory: 0.5 } },
  });
  const on = (engine: EngineName, schedule: Schedule, seed = 1): SessionOptions => ({
    ...{ circuit: dialled, task: noise(), learner: { learner: 'local', engine, schedule }, seed, trials: 6 },
    checkpointSeconds: 1e-9,
  });

  it.each(['trial', 'online'] as const)(
    'learning %s, resumed on either engine ends as if it had never stopped',
    async (schedule) => {
      const { result } = await runOf(on('actors', schedule));
      for (const first of ['actors', 'kernels'] as const) {
        const { saved, result: whole } = await runOf(on(first, schedule));
        expect(whole).toEqual(result);
        for (const state of saved) {
          expect(Object.keys(state.carried ?? {})).toEqual(['synapses.recurrent.p', 'synapses.input.p']);
          for (const second of ['actors', 'kernels'] as const) {
            const resumed = await runOf({ ...on(second, schedule), resume: structuredClone(state) });
            expect(resumed.result).toEqual({ ...result, trials: result.trials.slice(state.trial) });
          }
        }
        const forgotten = { ...saved[2], carried: mapped(saved[2].carried ?? {}, (values) => values.map(() => 0)) };
        expect((await runOf({ ...on(first, schedule), resume: forgotten })).result.weights).not.toBe(result.weights);
      }
      expect((await runOf(on('actors', schedule, 2))).result.trials).not.toEqual(result.trials);
    },
  );

  it('is resumed only with all that it carries', async () => {
    const { saved } = await runOf(on('actors', 'trial'));
    const { carried = {}, ...bare } = saved[0];
    const resumed = (resume: SessionState, what: Circuit = dialled) =>
      refusal(() => openSession({ ...on('actors', 'trial'), circuit: what, resume }));
    expect(resumed(bare)).toBe(
      'resume.carried.synapses.recurrent.p: has 0 numbers, but the circuit carries 16 of that name',
    );
    expect(resumed({ ...bare, carried: { ...carried, other: new Float64Array(2) } })).toBe(
      'resume.carried.other: has 2 numbers, but the circuit carries 0 of that name',
    );
    expect(resumed(saved[0], plain)).toContain('the circuit carries 0 of that name');
  });
});

function mapped<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

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
  it('depend on the seed and their number alone', () => {
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
