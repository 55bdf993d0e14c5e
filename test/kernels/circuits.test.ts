import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FeedbackKind, LearningOptions, Schedule } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair, type Outcome } from '../support/agreement.ts';
import { cook, randomTrial, recipesWithin, type Recipe } from '../support/random-circuit.ts';
import { anyRules } from '../support/rules.ts';

beforeAll(loadKernels);

const rules = Object.keys(anyRules) as (keyof typeof anyRules)[];

/** Sizes 1 to 70, mostly small: no multiples of what fits a vector, and more than fits a panel. */
const sizes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 3, arbitrary: fc.integer({ min: 10, max: 33 }) },
  { weight: 1, arbitrary: fc.integer({ min: 34, max: 70 }) },
);
const options = fc.record({
  schedule: fc.constantFrom<Schedule>('trial', 'online'),
  feedback: fc.constantFrom<FeedbackKind>('random', 'symmetric'),
});

/** Symmetric feedback needs readouts to transpose, and those there are from the first hidden population. */
function fit(recipe: Recipe, { feedback }: LearningOptions): Recipe {
  return feedback === 'random'
    ? recipe
    : { ...recipe, feedback: recipe.feedback.map((entry) => ({ ...entry, to: 0 })) };
}

/** Three trials, the second watched at every timestep and of another length, the last two at a pace; what the first came to. */
function compare(recipe: Recipe, how: LearningOptions): Outcome {
  const { built, trial } = cook(fit(recipe, how));
  const pair = new Pair(built, how);
  pair.expectSame('before the first trial');
  const first = pair.trial(trial);
  if (typeof first !== 'number') return first;
  const second = pair.watchedTrial(randomTrial(built, Math.max(1, recipe.timesteps - 3), recipe.seed + 1), {
    pace: 0.7,
  });
  return typeof second === 'number' ? pair.trial(trial, { pace: 0.1 }) : second;
}

describe('kernels have every bit of the actors', () => {
  const count = { failed: 0, fed: 0 };
  const agree = (recipe: Recipe, how: LearningOptions) => {
    if (typeof compare(recipe, how) !== 'number') count.failed++;
  };

  it('on random circuits', () => {
    const recipes = recipesWithin({
      hidden: sizes,
      inputs: sizes,
      outputs: fc.integer({ min: 1, max: 5 }),
      timesteps: fc.integer({ min: 1, max: 8 }),
      rules,
    });
    fc.assert(fc.property(recipes, options, agree), { numRuns: 40 });
  });

  it('on random circuits with long trials and long delays', () => {
    const recipes = recipesWithin({
      timesteps: fc.integer({ min: 33, max: 100 }),
      delays: fc.oneof(fc.nat(3), fc.integer({ min: 4, max: 40 })),
      rules,
    });
    fc.assert(fc.property(recipes, options, agree), { numRuns: 15 });
  });

  it('which seldom diverged', () => {
    expect(count.failed).toBeLessThan(25);
  });
});
