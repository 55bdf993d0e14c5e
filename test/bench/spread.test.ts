import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ratiosOf, spreadOf } from './spread.ts';

it('the spread of an odd and of an even number of rounds', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
});

it('numbers are sorted as numbers, and left as they were', () => {
  const rounds = [10, 9, 100];
  expect(spreadOf(rounds)).toEqual({ median: 10, min: 9, max: 100 });
  expect(rounds).toEqual([10, 9, 100]);
});

it('a machine that grows slower in every round does not change a ratio', () => {
  const [slow, fast] = [
    [6, 12, 24, 48],
    [2, 4, 8, 16],
  ];
  expect(spreadOf(ratiosOf(slow, fast))).toEqual({ median: 3, min: 3, max: 3 });
});

it('ratios turned round are the reciprocals', () => {
  const times = fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(times, (pairs) => {
      const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
      const there = spreadOf(ratiosOf(a, b));
      const back = spreadOf(ratiosOf(b, a));
      expect(there.min * back.max).toBeCloseTo(1, 12);
      expect(there.max * back.min).toBeCloseTo(1, 12);
    }),
  );
});

it('rounds that are not pairs are refused', () => {
  expect(() => ratiosOf([1, 2], [1])).toThrow('2 rounds beside 1');
});
