import { describe, expect, it } from 'vitest';
import { chanceKey, chancePlace, chanceSeed, draw, stream } from '../../src/random/index.ts';

const seed = chanceSeed(stream(7, 'chance'));

/** The draws of places 0 .. count-1 in one timestep of one trial. */
const drawn = (count: number, { of = seed, trial = 1, timestep = 1 } = {}): number[] => {
  const key = chanceKey(of, trial, timestep);
  return Array.from({ length: count }, (_, k) => draw(key, chancePlace(k)));
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's correlation. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, k) => (value - meanA) * (b[k] - meanB)));
  const spread = (values: readonly number[], middle: number) => mean(values.map((value) => (value - middle) ** 2));
  return product / Math.sqrt(spread(a, meanA) * spread(b, meanB));
}

/** Sum of (found - expected)^2 / expected over so many equal boxes. */
function chiSquare(values: readonly number[], boxes: number): number {
  const found = new Array<number>(boxes).fill(0);
  for (const value of values) found[Math.floor(value * boxes)]++;
  const expected = values.length / boxes;
  return found.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Over so many places, successive timesteps, and successive trials: the three ways in which an engine meets draws. */
const COUNT = 20_000;
const ways: Readonly<Record<string, readonly number[]>> = {
  places: drawn(COUNT),
  timesteps: Array.from({ length: COUNT }, (_, t) => drawn(1, { timestep: t + 1 })[0]),
  trials: Array.from({ length: COUNT }, (_, n) => drawn(1, { trial: n + 1 })[0]),
  seeds: Array.from({ length: COUNT }, (_, s) => drawn(1, { of: chanceSeed(stream(s, 'chance')) })[0]),
};

describe.each(Object.entries(ways))('draws over %s', (_, values) => {
  it('are even on (0, 1)', () => {
    // 99 degrees of freedom: mean 99, standard deviation 14; five of them either way.
    const chi = chiSquare(values, 100);
    expect(chi).toBeLessThan(99 + 70);
    expect(chi).toBeGreaterThan(99 - 70);
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / COUNT));
  });

  it('hang together with none of those near them', () => {
    for (const lag of [1, 2, 3, 10, 16, 64, 100]) {
      const r = correlation(values.slice(lag), values.slice(0, -lag));
      expect(Math.abs(r), `${lag} apart`).toBeLessThan(5 / Math.sqrt(COUNT));
    }
  });

  it('are never the same twice', () => {
    // 20,000 of 2^32: a twin is to be expected once in twenty such lists; the lists are always these.
    expect(new Set(values).size).toBeGreaterThan(COUNT - 2);
  });
});

describe('a draw', () => {
  it('depends on the seed, the trial, the timestep and the place', () => {
    const here = drawn(2000);
    const elsewhere = {
      'another trial': drawn(2000, { trial: 2 }),
      'another timestep': drawn(2000, { timestep: 2 }),
      'another seed': drawn(2000, { of: seed + 1 }),
    };
    for (const [what, values] of Object.entries(elsewhere)) {
      expect(Math.abs(correlation(here, values)), what).toBeLessThan(5 / Math.sqrt(2000));
    }
    const crossed = correlation(elsewhere['another trial'], elsewhere['another timestep']);
    expect(Math.abs(crossed), 'trial and timestep exchanged').toBeLessThan(5 / Math.sqrt(2000));
    expect(drawn(2000)).toEqual(here);
  });

  it('is never 0 nor 1, whatever 32 bits its key has', () => {
    const place = chancePlace(0);
    // mix is one to one and takes 0 to 0: this key gives the least of all draws.
    expect(draw(place, place)).toBe(2 ** -33);
    let [least, largest] = [1, 0];
    for (let key = -50_000; key < 50_000; key++) {
      const value = draw(Math.imul(key, 85_900), place);
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
    expect(least).toBeGreaterThan(0);
    expect(largest).toBeLessThan(1);
    // All draws are halves between whole 2^-32, so the largest possible, 1 - 2^-33, is below 1 as well.
    expect((2 ** 32 - 1 + 0.5) * 2 ** -32).toBeLessThan(1);
    expect(ways['places'].every((value) => (value * 2 ** 32) % 1 === 0.5)).toBe(true);
  });

  it('is the same on every host and in every version', () => {
    expect(seed).toBe(984526564);
    expect(drawn(4)).toEqual([0.10693978995550424, 0.814208650146611, 0.9902067106449977, 0.6645877823466435]);
    expect(drawn(2, { trial: 1000, timestep: 77 })).toEqual([0.4953645422356203, 0.5268673667451367]);
    expect(drawn(1, { of: -1 })).toEqual([0.7559882873902097]);
  });
});
