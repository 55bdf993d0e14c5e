import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPowerLaw } from '../../src/analysis/index.ts';

describe('the fit of a power law', () => {
  it('finds every power law that the points follow, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (exponent, factor) => {
          const law = fitPowerLaw([64, 8, 128, 16].map((x) => [x, factor * x ** exponent]));
          expect(law?.exponent).toBeCloseTo(exponent, 9);
          expect((law?.factor ?? 0) / factor).toBeCloseTo(1, 7);
          expect(law?.tail).toBeCloseTo(exponent, 9);
          expect(law?.residual).toBeCloseTo(0, 9);
        },
      ),
    );
  });

  it('says how far off it is, and where the last points are going', () => {
    // 1, 1, 100 at 1, 10, 100: the line of least squares through the logarithms is y = x - 1/3.
    const law = fitPowerLaw([
      [1, 1],
      [10, 1],
      [100, 100],
    ]);
    expect(law?.exponent).toBeCloseTo(1, 12);
    expect(law?.factor).toBeCloseTo(10 ** (-1 / 3), 12);
    expect(law?.tail).toBeCloseTo(2, 12);
    expect(law?.residual).toBeCloseTo(Math.sqrt((1 / 9 + 4 / 9 + 1 / 9) / 3), 12);
  });

  it.each([
    { name: 'no point', points: [] },
    { name: 'one size alone', points: [[2, 1], [2, 3]] as const }, // prettier-ignore
    { name: 'a count of 0', points: [[1, 0], [2, 3]] as const }, // prettier-ignore
    { name: 'a count that is not finite', points: [[1, Infinity], [2, 3]] as const }, // prettier-ignore
  ])('there is none through $name', ({ points }) => {
    expect(fitPowerLaw(points)).toBeNull();
  });
});
