import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestLoss, finalLoss, quantile, quartiles } from '../../src/analysis/index.ts';

describe('quartiles', () => {
  it('are those of NumPy and R', () => {
    // np.percentile([0.5, 3, 1, 7, 2.5, 4], [25, 50, 75])
    expect(quartiles([0.5, 3, 1, 7, 2.5, 4])).toEqual({ low: 1.375, median: 2.75, high: 3.75 });
    expect(quartiles([2, 1, 4])).toEqual({ low: 1.5, median: 2, high: 3 });
    expect(quartiles([5])).toEqual({ low: 5, median: 5, high: 5 });
  });

  it('are NaN of nothing, and leave out what is unknown', () => {
    expect(quartiles([])).toEqual({ low: NaN, median: NaN, high: NaN });
    expect(quartiles([NaN, 3, NaN, 1])).toEqual(quartiles([1, 3]));
  });

  it('count what diverged as greater than all others', () => {
    expect(quartiles([1, 2, 3, 4, Infinity])).toEqual({ low: 2, median: 3, high: 4 });
    expect(quartiles([1, Infinity, 3, Infinity])).toEqual({ low: 2.5, median: Infinity, high: Infinity });
    expect(quartiles([Infinity, Infinity])).toEqual({ low: Infinity, median: Infinity, high: Infinity });
  });

  it('count what diverged as less than all others where more is better', () => {
    expect(quartiles([1, 2, 3, 4, -Infinity])).toEqual({ low: 1, median: 2, high: 3 });
    expect(quartiles([1, -Infinity, 3, -Infinity])).toEqual({ low: -Infinity, median: -Infinity, high: 1.5 });
  });

  it('leave as many values below and above as they should, whatever the order of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }), (values) => {
        const { low, median, high } = quartiles(values);
        expect(quartiles([...values].reverse())).toEqual({ low, median, high });
        const gaps = values.length - 1;
        for (const [p, x] of [
          [0.25, low],
          [0.5, median],
          [0.75, high],
        ]) {
          expect(values.filter((value) => value < x).length).toBeLessThanOrEqual(Math.ceil(p * gaps));
          expect(values.filter((value) => value > x).length).toBeLessThanOrEqual(Math.ceil((1 - p) * gaps));
        }
      }),
    );
  });

  it('reach the ends', () => {
    const sorted = Float64Array.of(1, 2, 4);
    expect([quantile(sorted, 0), quantile(sorted, 1)]).toEqual([1, 4]);
  });
});

describe('the losses of a realization', () => {
  const losses = Float64Array.from({ length: 250 }, (_, i) => 250 - i);

  it('end in the mean of the last tenth, at least one and at most a hundred', () => {
    expect(finalLoss(losses)).toBe(13); // of 25, 24, .. 1
    expect(finalLoss(losses.subarray(0, 4))).toBe(247);
    expect(finalLoss(Float64Array.from({ length: 2000 }, (_, i) => 2000 - i))).toBe(50.5);
    expect(finalLoss(new Float64Array(0))).toBeNaN();
  });

  it('have a best', () => {
    expect(bestLoss(Float64Array.of(3, 0.5, 2))).toBe(0.5);
    expect(bestLoss(new Float64Array(0))).toBeNaN();
  });
});
