import { describe, expect, it } from 'vitest';
import { constant, normal, sampler, stream, uniform, type Distribution } from '../../src/random/index.ts';
import { refusal } from '../refusal.ts';

const COUNT = 100_000;

const draw = (distribution: Distribution, seed = 1, count = COUNT): number[] => {
  const next = sampler(distribution, stream(seed, 'draw'));
  return Array.from({ length: count }, () => next());
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of (value - centre)^power. */
const moment = (values: readonly number[], power: number, centre: number): number =>
  mean(values.map((value) => (value - centre) ** power));

// Every bound is four standard deviations of the estimate: 1 in 16,000 seeds would break it, and the seed is fixed.
const BOUND = 4 / Math.sqrt(COUNT);

describe('normal', () => {
  it('has the moments of Normal(mean, sd^2)', () => {
    const standard = draw(normal({ mean: 3, sd: 2 })).map((value) => (value - 3) / 2);
    expect(Math.abs(mean(standard))).toBeLessThan(BOUND);
    expect(Math.abs(moment(standard, 2, 0) - 1)).toBeLessThan(BOUND * Math.sqrt(2)); // var z^2 = 2
    expect(Math.abs(moment(standard, 3, 0))).toBeLessThan(BOUND * Math.sqrt(15)); // var z^3 = 15
    expect(Math.abs(moment(standard, 4, 0) - 3)).toBeLessThan(BOUND * Math.sqrt(96)); // var z^4 = 96
  });

  it('has the tails of Normal(0, 1), and neighbours that are independent', () => {
    const values = draw(normal());
    for (const [limit, share] of [
      [1, 0.317310508],
      [2, 0.045500264],
      [3, 0.002699796],
    ]) {
      const beyond = values.filter((value) => Math.abs(value) > limit).length / COUNT;
      expect(Math.abs(beyond - share)).toBeLessThan(BOUND * Math.sqrt(share * (1 - share)));
    }
    const neighbours = mean(values.slice(1).map((value, i) => value * values[i]));
    expect(Math.abs(neighbours)).toBeLessThan(BOUND);
  });

  it('gives these numbers', () => {
    expect(draw(normal({ sd: 1 }), 1, 4)).toEqual([
      0.9947643744157302, -0.33660649010186583, 0.258074508882161, 0.2118723164956261,
    ]);
  });

  it('may have no width', () => {
    expect(draw(normal({ mean: 0.5, sd: 0 }), 1, 3)).toEqual([0.5, 0.5, 0.5]);
  });
});

describe('uniform', () => {
  it('has the moments of Uniform[low, high), and stays within', () => {
    const values = draw(uniform(-3, 1));
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values.slice(0, 50_000))).toBeLessThan(1);
    const centred = values.map((value) => (value + 1) / 2); // Uniform[-1, 1)
    expect(Math.abs(mean(centred))).toBeLessThan(BOUND * Math.sqrt(1 / 3));
    expect(Math.abs(moment(centred, 2, 0) - 1 / 3)).toBeLessThan(BOUND * Math.sqrt(4 / 45));
    expect(Math.abs(moment(centred, 4, 0) - 1 / 5)).toBeLessThan(BOUND * Math.sqrt(16 / 225));
  });

  it('gives these numbers', () => {
    expect(draw(uniform(0, 1), 1, 3)).toEqual([0.5761253359090628, 0.3019297054612365, 0.9457791769822572]);
  });
});

describe('constant', () => {
  it('is the same number every time', () => {
    expect(draw(constant(0.25), 1, 3)).toEqual([0.25, 0.25, 0.25]);
  });
});

describe('a distribution', () => {
  it('is plain data', () => {
    for (const distribution of [normal({ mean: 1, sd: 2 }), uniform(0, 1), constant(3)]) {
      expect(JSON.parse(JSON.stringify(distribution))).toEqual(distribution);
    }
  });

  it.each([
    [() => normal({ sd: -1 }), 'normal.sd: -1 is negative; give 0 or more'],
    [() => normal({ sd: NaN }), 'normal.sd: NaN is not a finite number'],
    [() => normal({ mean: Infinity }), 'normal.mean: Infinity is not a finite number'],
    [() => uniform(1, 0), 'uniform: low 1 is above high 0; give the smaller first'],
    [() => uniform(NaN, 0), 'uniform.low: NaN is not a finite number'],
    [() => uniform(0, Infinity), 'uniform.high: Infinity is not a finite number'],
    [() => constant(NaN), 'constant: NaN is not a finite number'],
    [() => constant(JSON.parse('"1"') as number), "constant: '1' is not a finite number"],
  ])('is refused when it is none: %s', (make, message) => {
    expect(refusal(make)).toBe(message);
  });
});
