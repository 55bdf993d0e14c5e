import { beforeAll, describe, expect, it } from 'vitest';
import { noise } from '../../src/algorithms/online/noise.ts';
import { plainArithmetic } from '../../src/arithmetic/index.ts';
import { kernelArithmetic, loadKernels } from '../../src/kernels/index.ts';
import { chance } from '../../src/random/index.ts';

const COUNT = 100_000;

const normalNumbers = (length: number, { scale = 1, t = 1, arithmetic = plainArithmetic } = {}) => {
  const into = arithmetic.array(length);
  noise('learner', 'xi', { seed: 3, kind: 'normal', scale, arithmetic })(1, t, into);
  return into;
};

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

// Every bound is four standard deviations of the estimate: 1 in 16,000 seeds would break it, and the seed is fixed.
const BOUND = 4 / Math.sqrt(COUNT);

describe('the normal noise of learners', () => {
  const values = normalNumbers(COUNT);

  it('has the moments of Normal(0, 1)', () => {
    for (const [power, wanted, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ]) {
      expect(Math.abs(mean(values.map((x) => x ** power)) - wanted)).toBeLessThan(BOUND * Math.sqrt(variance));
    }
  });

  it('has its distribution at every twentieth of a standard deviation, by Kolmogorov and Smirnov', () => {
    const sorted = values.slice().sort();
    // Phi(x), by its series, to 1e-12 within four standard deviations.
    const phi = (x: number) => {
      let [term, sum] = [x, x];
      for (let k = 1; k < 100; k++) sum += term *= (x * x) / (2 * k + 1);
      return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
    };
    const below = (x: number) => sorted.findLastIndex((value) => value < x) + 1;
    const limits = Array.from({ length: 161 }, (_, k) => k / 20 - 4);
    const farthest = Math.max(...limits.map((x) => Math.abs(below(x) / COUNT - phi(x))));
    // Beyond 1.95 / sqrt(n) once in a thousand seeds.
    expect(farthest).toBeLessThan(1.95 / Math.sqrt(COUNT));
    expect(farthest).toBeGreaterThan(0.1 / Math.sqrt(COUNT));
  });

  it('has numbers that are independent: neighbours, the two of a pair, and those of two timesteps, and their squares', () => {
    const next = normalNumbers(COUNT, { t: 2 });
    const half = COUNT / 2;
    for (const other of [values.slice(1), values.slice(half), next]) {
      const both = other.map((y, k) => values[k] * y);
      const squares = other.map((y, k) => (values[k] ** 2 - 1) * (y ** 2 - 1));
      const bound = 4 / Math.sqrt(both.length);
      expect(Math.abs(mean(both))).toBeLessThan(bound);
      expect(Math.abs(mean(squares))).toBeLessThan(2 * bound);
    }
  });

  it('is what Box and Muller make of the chances of its place and of the place half an array on', () => {
    const chances = chance(3, 'learner', 'xi');
    for (const length of [1, 2, 7, 1000]) {
      const half = Math.ceil(length / 2);
      const made = normalNumbers(length, { scale: 0.5, t: 4 });
      made.forEach((value, k) => {
        const [u, v] = [k % half, (k % half) + half].map((place) => chances(1, 4, place));
        const turn = k < half ? Math.cos(2 * Math.PI * v) : Math.sin(2 * Math.PI * v);
        expect(Math.abs(value - 0.5 * Math.sqrt(-2 * Math.log(u)) * turn)).toBeLessThan(2e-15);
      });
    }
  });

  it('has these numbers, on any machine', () => {
    expect([...normalNumbers(4)]).toEqual([
      0.4782986100007486, -1.3804978733014495, 0.4157470795956142, -0.5300035904012375,
    ]);
  });

  describe('by kernels', () => {
    beforeAll(loadKernels);

    it.each([1, 2, 3, 7, 8, 1001])('has the same bits: %d numbers', (length) => {
      const arithmetic = kernelArithmetic(2 ** 16);
      if (!arithmetic) throw new Error('kernels are loaded');
      for (const t of [1, 2, 3]) expect(normalNumbers(length, { t, arithmetic })).toEqual(normalNumbers(length, { t }));
    });
  });
});
