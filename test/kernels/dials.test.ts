import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type FeedbackKind, type LearningOptions, type Schedule } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { kolenPollack, kolenPollackFeedback, rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { noiseTrial } from '../support/networks.ts';
import { cook, exact, randomTrial, recipesWithin, type Recipe } from '../support/random-circuit.ts';
import { changesOf, relativeDifference } from '../support/weights.ts';

beforeAll(loadKernels);

const rules = ['rflo', 'rflo', 'delta', 'everything', 'postOnly', 'cascade'] as const;
const recipes = recipesWithin({ hidden: fc.integer({ min: 1, max: 9 }), rules, dialled: true });
const schedules = fc.constantFrom<Schedule>('trial', 'online');
const feedback = fc.constantFrom<FeedbackKind>('random', 'symmetric');

/** Symmetric feedback needs readouts to transpose, and those there are from the first hidden population. */
function fit(recipe: Recipe, kind: FeedbackKind): Recipe {
  return kind === 'random' ? recipe : { ...recipe, feedback: recipe.feedback.map((entry) => ({ ...entry, to: 0 })) };
}

function agree(algorithm: 'bptt' | 'rtrl'): (recipe: Recipe, how: LearningOptions) => void {
  return (recipe, how) => {
    const { built, trial } = cook(exact(fit(recipe, how.feedback)));
    const pair = new Pair(built, how, algorithm);
    if (typeof pair.trial(trial) !== 'number') return;
    if (typeof pair.watchedTrial(randomTrial(built, recipe.timesteps + 2, recipe.seed + 1)) !== 'number') return;
    expect(typeof pair.trial(trial, { number: 17, pace: 0.3 })).not.toBe('string');
  };
}

describe('with dials turned, kernels have every bit', () => {
  it('of the plain BPTT', () => {
    const how = fc.record({ schedule: fc.constant<Schedule>('trial'), feedback });
    fc.assert(fc.property(recipes, how, agree('bptt')), { numRuns: 30 });
  });

  it('of the plain RTRL', () => {
    fc.assert(fc.property(recipes, fc.record({ schedule: schedules, feedback }), agree('rtrl')), { numRuns: 25 });
  });
});

describe('with dials on feedback', () => {
  const rate = 0.2;
  const built = build(
    circuit({
      neurons: { x: input(2), h: leakyTanh(5, { tau: 2 }), y: linear(2) },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: rate }) },
        readout: { from: 'h', to: 'y', weights: normal(), rule: kolenPollack({ eta: rate }) },
      },
      feedback: {
        late: { from: 'y', to: 'h', weights: normal(), angle: 40, broadcast: { delay: 3 } },
        relearned: {
          ...{ from: 'y', to: 'h', weights: normal(), rule: kolenPollackFeedback({ eta: rate }) },
          broadcast: { delay: 5, threshold: 0.01 },
        },
      },
    }),
    1,
  );

  it('no error of one trial arrives in the next, however long they are', () => {
    for (const schedule of ['trial', 'online'] as const) {
      const pair = new Pair(built, { schedule, feedback: 'random' });
      for (const seed of [1, 2, 3]) expect(pair.trial(noiseTrial(100, seed))).toBeTypeOf('number');
    }
  });

  it('float32 learns nearly the same', () => {
    const [single, double] = (['f32', 'f64'] as const).map((precision) =>
      changesOf(
        new KernelEngine(built, { algorithm: local(), precision, schedule: 'trial', feedback: 'random' }),
        noiseTrial(20),
      ),
    );
    const difference = relativeDifference(single, double, 1e-3);
    expect(difference).toBeLessThan(1e-4);
    expect(difference).toBeGreaterThan(0);
  });
});
