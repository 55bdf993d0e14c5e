import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { identityOf } from '../../src/recording/index.ts';
import { kolenPollack, kolenPollackFeedback, rflo } from '../../src/rules/index.ts';
import { createEngine, resolveLearner, type LearnerOptions } from '../../src/training/learner.ts';
import { loadEngines, openSession, scenario } from '../../src/training/index.ts';
import { paceOf } from '../../src/training/pace.ts';
import { noise } from '../support/networks.ts';
import { endOf, eventsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

describe('the pace of a trial', () => {
  it('is 1 in the first, and falls by half in every half-life, to the bit where that is whole trials', () => {
    expect(paceOf(1, 300)).toBe(1);
    expect([1, 301, 601, 3001].map((trial) => paceOf(trial, 300))).toEqual([1, 0.5, 0.25, 2 ** -10]);
    expect(paceOf(2, 2)).toBeCloseTo(Math.SQRT1_2, 15);
    expect([1, 2, 3].map((trial) => paceOf(trial, 0.5))).toEqual([1, 0.25, 0.0625]);
  });

  it('stays 1 without a half-life', () => {
    expect([1, 2, 1e9].map((trial) => paceOf(trial, 0))).toEqual([1, 1, 1]);
  });

  it('falls from trial to trial by one and the same factor', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 5, max: 1e5, noNaN: true }),
        (trial, halfLife) => {
          const factor = paceOf(trial + 1, halfLife) / paceOf(trial, halfLife);
          expect(Math.abs(factor / 2 ** (-1 / halfLife) - 1)).toBeLessThan(1e-12);
        },
      ),
    );
  });
});

/** Everything plastic, feedback too where it is relearned, at one learning rate. */
function plastic(rate: number, relearned: boolean) {
  const slow = { eta: rate, decay: rate / 8 };
  return circuit({
    neurons: { x: input(2), h: leakyTanh(4, { tau: 2, initial: 0.1 }), y: linear(2) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.8 }), rule: rflo({ eta: rate }) },
      input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: rate }) },
      readout: { from: 'h', to: 'y', weights: normal(), rule: relearned ? kolenPollack(slow) : rflo({ eta: rate }) },
    },
    feedback: {
      error: { from: 'y', to: 'h', weights: normal(), ...(relearned && { rule: kolenPollackFeedback(slow) }) },
    },
  });
}

const learners: readonly LearnerOptions<'rflo'>[] = [
  ...(['actors', 'kernels'] as const).flatMap((engine) =>
    (['trial', 'online'] as const).flatMap((schedule) => [
      { learner: 'local' as const, engine, schedule },
      { learner: 'rtrl' as const, engine, schedule },
    ]),
  ),
  ...(['actors', 'kernels'] as const).map((engine) => ({ learner: 'bptt' as const, engine })),
  ...(['trial', 'online'] as const).map((schedule) => ({ learner: 'snap-1' as const, schedule })),
];

describe('learning rates that fall by half', () => {
  it.each(learners)('do in every trial what half the rate does: %o', async (how) => {
    const relearned = how.learner === 'local';
    const task = noise(7);
    const learner = { ...how, rateHalfLife: 1 };
    const session = openSession({ circuit: plastic(0.5, relearned), task, learner, trials: 4 });
    const trials = [1, 2, 3, 4].map((trial) => session.trialOf(trial));
    const { state } = endOf(await eventsOf(session));

    // By hand: a circuit of its own for each trial, at the rate that has come to, going on with the weights of the one before.
    let [weights, carried] = [{}, {}];
    trials.forEach((trial, i) => {
      const slower = plastic(0.5 / 2 ** i, relearned);
      const engine = createEngine(slower, 1, resolveLearner(how, slower, { trials: 1 }));
      if (i > 0) {
        engine.setWeights(weights);
        engine.setCarried(carried);
      }
      engine.trial(trial);
      [weights, carried] = [engine.weights(), engine.carried()];
    });
    expect(bytes({ ...state.weights, ...state.carried })).toBe(bytes({ ...weights, ...carried }));
    expect(Object.keys(carried)).toEqual(relearned ? ['feedback.error'] : []);
  });

  it('make another run of it, and no half-life the one that it was', () => {
    const identity = (halfLife: object) =>
      identityOf(
        scenario({
          title: 'Falling',
          circuit: () => plastic(0.5, false),
          task: () => noise(),
          compare: ['rflo', { learner: 'rflo', name: 'falling', ...halfLife }, { learner: 'bptt', schedule: 'trial' }],
        }).plan(),
      );
    const [falling, faster] = [10, 5].map((rateHalfLife) => identity({ rateHalfLife }));
    expect(falling['learner rflo']).not.toContain('rateHalfLife');
    expect(falling['learner falling']).not.toBe(faster['learner falling']);
    expect({ ...falling, 'learner falling': '' }).toEqual({ ...faster, 'learner falling': '' });
  });
});
