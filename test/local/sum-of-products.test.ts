import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/index.ts';
import {
  readLocal,
  sumOfProducts,
  type Expected,
  type SumOfProducts,
  type View,
  type ViewShape,
} from '../../src/local/index.ts';
import { detach, max, pow, sign, spike, tanh } from '../../src/local/index.ts';

const shape = {
  w: 'own weight',
  p: 'own state',
  pre: { rate: 'presynaptic' },
  post: { signal: 'learning signal' },
} as const satisfies ViewShape;

interface Seen {
  readonly w: number;
  readonly p: number;
  readonly pre: { readonly rate: number };
  readonly post: { readonly signal: number };
}

const multiplied = (f: (view: Seen) => number): SumOfProducts => {
  const expected: Expected = { shape };
  return sumOfProducts(readLocal('test', 'f', f, expected).value);
};

/** The sum, computed from its products. */
function valueOf(sum: SumOfProducts, view: Seen): number {
  if ('obstacle' in sum) throw new Error(sum.obstacle);
  const at = (path: string) =>
    path.split('.').reduce<number | View>((inner, name) => (inner as View)[name], { ...view });
  return sum.products.reduce(
    (total, { scale, factors }) =>
      total +
      factors.reduce((product, { read, sign: signed }) => {
        const value = Number(at(read.path));
        return product * (signed ? Math.sign(value) : value);
      }, scale),
    0,
  );
}

describe('a sum of products', () => {
  it.each<[string, (view: Seen) => number, number]>([
    ['of a constant', () => 0.5, 1],
    ['of a product', ({ p, post }) => 0.03 * post.signal * p, 1],
    ['of differences', ({ w, p, pre }) => (pre.rate - w) * (p - 0.5 * w), 4],
    ['of like products', ({ w, p }) => w * p + p * w * 2 - 3 * p * w + w, 1],
    ['of a square', ({ w, p }) => pow(w - p, 2), 3],
    ['of a power 0', ({ w }) => pow(w, 0), 1],
    ['of a negation', ({ w, p }) => -(w - p) * 2, 2],
    ['of a quotient by a number', ({ w, p }) => (w + p) / (8 - 4), 2],
    ['of a sign', ({ w, p }) => sign(w) * p, 1],
    ['of a detached value', ({ w, p }) => detach(w - p) * p, 2],
    ['that cancels', ({ w, p }) => w * p - p * w, 0],
    [
      'of names',
      ({ w, pre }) => {
        const x = w - pre.rate;
        return x * x;
      },
      3,
    ],
  ])('%s is what the function computes', (_, f, count) => {
    const sum = multiplied(f);
    expect('products' in sum && sum.products.length).toBe(count);
    const random = stream(1, 'views');
    for (let k = 0; k < 20; k++) {
      const [w, p, rate, signal] = Array.from({ length: 4 }, () => 4 * random() - 2);
      const view = { w, p, pre: { rate }, post: { signal } };
      expect(valueOf(sum, view)).toBeCloseTo(f(view), 10);
    }
  });

  it.each<[string, (view: Seen) => number, string]>([
    ['a function', ({ w, p }) => w * tanh(p), 'calls tanh on what it reads'],
    ['a function of two', ({ w, p }) => max(w, p), 'calls max on what it reads'],
    ['the sign of a sum', ({ w, p }) => sign(w + p), 'calls sign on what it reads'],
    ['a quotient by what is read', ({ w, p, pre }) => w / (1 + p * pre.rate), 'divides by what it reads, p, pre.rate'],
    ['a quotient by 0', ({ w, p }) => w / (p - p), 'divides by 0'],
    ['a spike', ({ w, p }) => p * spike(w, 1), 'calls spike on what it reads'],
    ['a choice', ({ w, p }) => (w > 0 ? p : w), 'chooses between two values, test ? a : b'],
    ['a broken power', ({ w }) => pow(w, 0.5), 'calls pow with an exponent that is not a whole number, 0 to 8'],
    [
      'a power of what is read',
      ({ w, p }) => pow(w, p),
      'calls pow with an exponent that is not a whole number, 0 to 8',
    ],
    ['too many products', ({ w, p, pre, post }) => pow(w + p + pre.rate + post.signal, 8), 'has more than 64 products'],
    ['Infinity', ({ w }) => w * Infinity, 'has a constant that is not finite, Infinity'],
  ])('is none of %s', (_, f, obstacle) => {
    expect(multiplied(f)).toEqual({ obstacle });
  });
});
