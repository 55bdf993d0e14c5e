import { expect, it } from 'vitest';
import { runawayLoss, scoreBounds } from '../../src/report/data/runaway.ts';

it('a loss has run away at ten times that of the untrained network', () => {
  expect(runawayLoss([0.3, NaN, 0.5, Infinity])).toBe(5);
  expect(runawayLoss([])).toBe(Infinity);
  expect(runawayLoss([0])).toBe(Infinity);
});

it.each([
  ['lower', [1, 1e50], [1, 0.2, 1e300], [-Infinity, 10]],
  ['lower', [1], [0.1], [-Infinity, 10]],
  ['higher', [0.1], [0.9, -1e300], [-9, Infinity]],
  ['higher', [-2, -1e9], [-1e300, -2], [-20, Infinity]],
  ['higher', [0], [0, 0], [-Infinity, Infinity]],
  ['lower', [], [], [-Infinity, Infinity]],
] as const)('a score of which %s is better, first %j, then %j, is drawn within %j', (better, first, values, bounds) => {
  expect(scoreBounds(better, first, values)).toEqual(bounds);
});
