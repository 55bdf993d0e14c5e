import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FeedbackKind, LearningOptions, Schedule } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { cook, notRelearned, randomTrial, recipesWithin, type Recipe } from '../support/random-circuit.ts';

beforeAll(loadKernels);

const recipes = recipesWithin({ hidden: fc.integer({ min: 1, max: 9 }), dialled: true });
const schedules = fc.constantFrom<Schedule>('trial', 'online');
const feedback = fc.constantFrom<FeedbackKind>('random', 'symmetric');

/** Symmetric feedback needs readouts to transpose, and those there are from the first hidden population. */
function fit(recipe: Recipe, kind: FeedbackKind): Recipe {
  return kind === 'random' ? recipe : { ...recipe, feedback: recipe.feedback.map((entry) => ({ ...entry, to: 0 })) };
}

function agree(algorithm: 'local' | 'bptt' | 'rtrl'): (recipe: Recipe, how: LearningOptions) => void {
  return (recipe, how) => {
    const { built, trial } = cook(fit(algorithm === 'local' ? recipe : notRelearned(recipe), how.feedback));
    const pair = new Pair(built, how, algorithm);
    if (typeof pair.trial(trial) !== 'number') return;
    if (typeof pair.watchedTrial(randomTrial(built, recipe.timesteps + 2, recipe.seed + 1)) !== 'number') return;
    expect(typeof pair.trial(trial, { number: 17 })).not.toBe('string');
  };
}

describe('with dials turned, kernels have every bit', () => {
  it('of the actors', () => {
    fc.assert(fc.property(recipes, fc.record({ schedule: schedules, feedback }), agree('local')), { numRuns: 150 });
  });

  it('of the plain BPTT', () => {
    const how = fc.record({ schedule: fc.constant<Schedule>('trial'), feedback });
    fc.assert(fc.property(recipes, how, agree('bptt')), { numRuns: 60 });
  });

  it('of the plain RTRL', () => {
    fc.assert(fc.property(recipes, fc.record({ schedule: schedules, feedback }), agree('rtrl')), { numRuns: 40 });
  });
});
