import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FeedbackKind, Schedule } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { bptt, rtrl } from '../../src/solvers/index.ts';
import { Pair } from '../support/agreement.ts';
import { cook, randomTrial, recipesWithin, type Recipe } from '../support/random-circuit.ts';
import { changesOf, relativeDifference } from '../support/weights.ts';

beforeAll(loadKernels);

const learners = fc.constantFrom<readonly ['bptt' | 'rtrl', Schedule]>(
  ['bptt', 'trial'],
  ['rtrl', 'trial'],
  ['rtrl', 'online'],
);
const feedback = fc.constantFrom<FeedbackKind>('random', 'symmetric');

/** Three trials, the second watched at every timestep and of another length, the last two at a pace. */
function agree(recipe: Recipe, [algorithm, schedule]: readonly ['bptt' | 'rtrl', Schedule], kind: FeedbackKind): void {
  const { built, trial } = cook(recipe);
  const pair = new Pair(built, { schedule, feedback: kind }, algorithm);
  if (typeof pair.trial(trial) !== 'number') return;
  const watched = pair.watchedTrial(randomTrial(built, recipe.timesteps + 5, recipe.seed + 1), { pace: 0.7 });
  if (typeof watched === 'number') pair.trial(trial, { pace: 0.1 });
}

describe('the references in kernels have every bit of the plain solvers', () => {
  it('on random circuits', () => {
    const recipes = recipesWithin({ hidden: fc.integer({ min: 1, max: 11 }), rules: ['rflo'] });
    fc.assert(fc.property(recipes, learners, feedback, agree), { numRuns: 70 });
  });

  it('on random circuits with long trials and long delays', () => {
    const recipes = recipesWithin({
      hidden: fc.integer({ min: 1, max: 6 }),
      timesteps: fc.integer({ min: 60, max: 140 }),
      delays: fc.oneof(fc.nat(3), fc.integer({ min: 4, max: 40 })),
      rules: ['rflo'],
    });
    fc.assert(fc.property(recipes, learners, feedback, agree), { numRuns: 30 });
  });
});

describe('the references in kernels', () => {
  it('are each other: BPTT = RTRL on random circuits', () => {
    fc.assert(
      fc.property(recipesWithin({ rules: ['rflo'] }), feedback, (recipe, kind) => {
        const { built, trial } = cook(recipe);
        const [backward, forward] = [bptt(), rtrl()].map((algorithm) =>
          changesOf(new KernelEngine(built, { algorithm, schedule: 'trial', feedback: kind }), trial),
        );
        expect(relativeDifference(backward, forward, 1e-6)).toBeLessThan(1e-10);
      }),
      { numRuns: 40 },
    );
  });

  it('give nearly the same gradient in float32', () => {
    const { built, trial } = cook(SMALL);
    for (const algorithm of [bptt(), rtrl()]) {
      const [single, double] = (['f32', 'f64'] as const).map((precision) =>
        changesOf(new KernelEngine(built, { algorithm, precision, schedule: 'trial', feedback: 'symmetric' }), trial),
      );
      const difference = relativeDifference(single, double, 1e-3);
      expect(difference).toBeLessThan(1e-4);
      expect(difference).toBeGreaterThan(0);
    }
  });

  it('refuse to learn by BPTT online', () => {
    const { built } = cook(SMALL);
    const open = () => new KernelEngine(built, { algorithm: bptt(), schedule: 'online', feedback: 'symmetric' });
    expect(open).toThrow("bptt cannot learn 'online'");
  });
});

const SMALL: Recipe = {
  inputs: [3],
  inputAxons: ['free'],
  hidden: [{ model: 'tanh', size: 13, initial: 0.1, excitatory: null, axon: 'free' }],
  outputs: [{ model: 'linear', size: 2, initial: 0, excitatory: null, axon: 'free' }],
  groups: [{ from: 1, to: 0, delay: 1, joins: 'all', rule: 'rflo', rate: 1, held: 'free', traces: 'free', gate: null }],
  feedback: [],
  backwards: false,
  timesteps: 30,
  seed: 5,
};
