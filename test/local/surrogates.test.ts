import { describe, expect, it } from 'vitest';
import { code } from '../../src/local/graph/code.ts';
import { evaluate } from '../../src/local/graph/evaluate.ts';
import {
  abs,
  Analysis,
  detach,
  exp,
  letter,
  max,
  readLocal,
  spike,
  sqrt,
  tanh,
  type Letters,
  type ViewShape,
} from '../../src/local/index.ts';
import { refusal } from '../refusal.ts';

const SHAPE: ViewShape = {
  p: 'own state',
  w: 'own weight',
  tau: 'parameter',
  pre: { rate: 'presynaptic' },
  post: { slope: 'postsynaptic' },
};

interface Seen {
  readonly p: number;
  readonly w: number;
}
type Local = (view: Seen) => number;

const read = (f: (view: never) => number) => readLocal('test', 'f', f, { shape: SHAPE });
const views = [-2, -0.6, -0, 0, 0.3, 0.7, 1.7, 4].flatMap((p) => [-1.1, 0, 0.7, 2].map((w) => ({ p, w })));

describe('spike and detach', () => {
  it('are 1 from 0 on and else 0, and the number itself, whatever the pseudo-derivative', () => {
    const values = [0, -0, 5e-324, -5e-324, 2, -2, Infinity, -Infinity, NaN];
    expect(values.map((x) => spike(x, NaN))).toEqual([1, 1, 1, 0, 1, 0, 1, 0, 0]);
    for (const x of values) expect(detach(x)).toBe(x);
  });

  it('have that value in a local function, compiled and step by step', () => {
    const f: Local = ({ p, w }) => spike(p - w, 1 / p) * detach(p) + spike(p, spike(w, 3));
    const local = read(f);
    for (const view of views) {
      expect(local.compileNumber()(view)).toBe(f(view));
      expect(evaluate(local.value, view)).toBe(f(view));
    }
  });

  it('cost no call where only the value is computed: of psi there is nothing, and of detach only what is detached', () => {
    const local = read(({ p, w }: Seen) => spike(p - w, exp(-abs(p - w))) * detach(p * w) + detach(p * w));
    expect(code(local.results)).toBe(
      'const v0 = (view.p * view.w);\nreturn ((((view.p - view.w) >= 0 ? 1 : 0) * v0) + v0);',
    );
    expect(local.operations).toEqual({ '-': 1, compare: 1, choose: 1, '*': 2, '+': 1 });
    expect(code(read(({ p }: Seen) => detach(detach(p))).results)).toBe('return view.p;');
  });

  it('make a value depend on what they take, and a derivative on psi', () => {
    const local = read(({ p, w }: Seen) => spike(p, 0.3 * w));
    const paths = (of: typeof local) => of.reads.map(({ path }) => path);
    expect(paths(local)).toEqual(['p']);
    expect(paths(local.derivative('slope', 'p'))).toEqual(['w']);
    expect(local.derivative('slope', 'p').operations).toEqual({ '*': 1 });
    expect(paths(local.derivative('slope', 'w'))).toEqual([]);
  });
});

describe('what is told of surrogates', () => {
  it.each<[string, Local, number, number]>([
    ['none', ({ p, w }) => tanh(p) * w, 0, 0],
    ['a spike, however often it is written', ({ p, w }) => spike(p, w) * w + spike(p, w), 1, 0],
    ['two, of different psi', ({ p, w }) => spike(p, w) + spike(p, 1), 2, 0],
    ['a spike within a spike', ({ p, w }) => spike(spike(p, w), w), 2, 0],
    ['none in a psi', ({ p, w }) => spike(p, spike(p, 1) * detach(w)), 1, 0],
    ['none in what is detached', ({ p, w }) => p - detach(spike(p, w) + detach(p)), 0, 1],
    ['none in a condition', ({ p, w }) => (spike(p, 1) > detach(w) ? p : w), 0, 0],
    ['both', ({ p, w }) => (p > w ? spike(p, 1) : detach(p) + detach(w)), 1, 2],
  ])('%s', (_, f, spikes, detached) => {
    const local = read(f);
    const slope = local.derivative('slope', 'p');
    expect(local.surrogates).toEqual({ spikes, detached });
    expect(slope.surrogates).toEqual({ spikes: 0, detached: 0 });
    const letters: Letters = { read: (__, { path }) => letter(path), result: () => letter('y') };
    expect(new Analysis([local, slope], 1, letters).surrogates).toEqual({ spikes, detached });
  });
});

describe('a text with spikes and detached values', () => {
  it('is read with its functions under other names, as a minifier leaves it', () => {
    const [a, b, c, d] = [spike, detach, max, abs];
    const local = read(({ p, w }: Seen) => a(b(w) + p - 1, 0.3 * c(0, 1 - d(p - 1))) * 2);
    const right = read(({ p, w }: Seen) => spike(detach(w) + p - 1, 0.3 * max(0, 1 - abs(p - 1))) * 2);
    expect(local.surrogates).toEqual({ spikes: 1, detached: 1 });
    for (const by of ['p', 'w']) {
      const [got, expected] = [local, right].map((one) => one.derivative('slope', by));
      expect(code(got.results)).toBe(code(expected.results));
    }
  });

  it('is refused where what stands for detach is some other function that gives back what it takes', () => {
    const same = (x: number) => x;
    expect(refusal(() => read(({ p }: Seen) => tanh(same(p))))).toContain('`same` is a function from outside');
  });

  it.each<[string, () => unknown]>([
    [
      'detach',
      () => {
        const detach = (x: number) => x;
        return read(({ p }: Seen) => tanh(detach(p)));
      },
    ],
    [
      'spike',
      () => {
        const spike = (x: number, psi: number) => (x >= 0 ? 1 : 0 * psi);
        return read(({ p }: Seen) => spike(p, 1));
      },
    ],
    [
      'psi, which shows in no value',
      () => {
        const tanh = (x: number) => 2 * x;
        return read(({ p }: Seen) => spike(p, tanh(p)));
      },
    ],
  ])('is refused where another function than ours has the name of ours: %s', (_, define) => {
    expect(refusal(define)).toContain('does not compute what its text says');
  });

  it('may call them where that is not used, or not reached', () => {
    const f: Local = ({ p, w }) => {
      const idle = spike(w, 1);
      return p > 1e9 && detach(p) > 0 ? spike(p, sqrt(p)) : p + (idle > 2 ? 1 : 0);
    };
    expect(read(f).surrogates).toEqual({ spikes: 1, detached: 0 });
  });
});
