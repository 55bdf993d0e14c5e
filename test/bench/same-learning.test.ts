import { describe, expect, it } from 'vitest';
import { CONTENDERS, type Contender } from './contenders/index.ts';
import type { Learned } from './peers/serve.ts';
import { problemOf } from './problem.ts';
import { checkSame, difference } from './same-learning.ts';

const problem = problemOf({ algorithm: 'rflo', schedule: 'trial', units: 2 }, 4);
const { w_rec, w_out } = problem.network;

const contender = (name: string): Contender => {
  const found = CONTENDERS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no contender '${name}'`);
  return found;
};

/** What changes every weight of the start by `change` comes to. */
const learned = (change: number): Learned => ({
  loss: [0.5, 0.4],
  w_rec: w_rec.map((row) => row.map((w) => w + change)),
  w_out: w_out.map((row) => row.map((w) => w + change)),
});

describe('the difference', () => {
  it('is none from itself', () => {
    expect(difference(learned(0.01), learned(0.01), problem)).toBe(0);
  });

  it('is relative to what was learned, not to the weights', () => {
    expect(difference(learned(0), learned(0.01), problem)).toBeCloseTo(1, 12);
    expect(difference(learned(0.011), learned(0.01), problem)).toBeCloseTo(0.1, 12);
  });

  it('is seen in a loss alone, and in one weight of the readout', () => {
    expect(difference({ ...learned(0.01), loss: [0.5, 0.39] }, learned(0.01), problem)).toBeCloseTo(0.02, 12);
    const off = learned(0.01).w_out.map((row) => row.map((w, j) => (j === 1 ? w + 0.001 : w)));
    expect(difference({ ...learned(0.01), w_out: off }, learned(0.01), problem)).toBeCloseTo(0.1, 12);
  });

  it.each([
    ['not a number', { ...learned(0.01), loss: [NaN, 0.4] }],
    ['a loss that is missing', { ...learned(0.01), loss: [0.5] }],
    ['rows that are missing', { ...learned(0.01), w_rec: learned(0.01).w_rec.slice(1) }],
  ])('is infinite for %s', (_, got) => {
    expect(difference(got, learned(0.01), problem)).toBe(Infinity);
  });
});

describe('the check', () => {
  it('takes what is equal up to the last digits, and in float32 up to its rounding', () => {
    checkSame(contender('numpy'), learned(0.01 * (1 + 1e-11)), learned(0.01), 'actors', problem);
    checkSame(contender('tfjs'), learned(0.01 * (1 + 1e-5)), learned(0.01), 'actors', problem);
    const rounded = learned(1e-6).w_rec.map((row) => row.map(Math.fround));
    checkSame(contender('tfjs'), { ...learned(1e-6), w_rec: rounded }, learned(1e-6), 'actors', problem);
  });

  it.each([
    ['numpy', 1e-6, 'by 1.0e-6 of what was learned, and f64 may by 1e-9'],
    ['tfjs', 1e-2, 'by 1.0e-2 of what was learned, and f32 may by 1e-3'],
  ])('names %s when it learned something else', (name, off, told) => {
    expect(() => {
      checkSame(contender(name), learned(0.01 * (1 + off)), learned(0.01), 'actors', problem);
    }).toThrow(`${name} does not learn the same as actors: they differ ${told}`);
  });
});
