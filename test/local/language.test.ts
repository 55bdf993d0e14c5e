import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/local/graph/evaluate.ts';
import { exp, max, pow, readLocal, tanh, type ViewShape } from '../../src/local/index.ts';
import { functionOf, numberText, writtenAs } from './language-texts.ts';

const SHAPE = {
  p: 'own state',
  w: 'own weight',
  tau: 'parameter',
  reward: 'global',
  pre: { rate: 'presynaptic' },
  post: { rate: 'postsynaptic', slope: 'postsynaptic', signal: 'learning signal' },
} as const satisfies ViewShape;

const AT = { p: 0.3, w: -0.7, tau: 4, reward: 2, pre: { rate: 0.9 }, post: { rate: 0.1, slope: 0.25, signal: -3 } };
type Seen = typeof AT;

const readNumber = (f: (view: Seen) => number) => readLocal("rule 'test'", 'change', f, { shape: SHAPE });

const FORMS: Readonly<Record<string, (view: Seen) => number>> = {
  destructured: ({ p, post, pre }) => p * post.signal + pre.rate,
  'destructured further, and renamed': ({ post: { slope, signal }, pre: { rate: x } }) => slope * signal - x,
  'not destructured': (v) => v.post.slope / v.tau,
  'without a view': () => 1,
  'with declarations': (view) => {
    const { post, tau } = view;
    const { slope: s } = post,
      drive = s * view.pre.rate;
    const up = drive > 0;
    return up ? drive / tau : -drive;
  },
  'with every operator': ({ p, w, tau, reward }) =>
    (p > w && !(tau <= 3)) || p === w || tau !== reward ? -p + w * tau - reward / 3 : p,
  'with functions': ({ p, w, tau }) => tanh(p) + exp(-w) * max(p, tau) - pow(tau, p) + Math.sqrt(tau) * Math.PI,
  'that is a function expression': function ({ p }) {
    return p;
  },
};
const METHODS = {
  change(this: void, { p, w }: Seen) {
    return p - w;
  },
};

describe('a local function is read', () => {
  it.each(Object.entries({ ...FORMS, 'that is a method': METHODS.change }))('%s', (_, f) => {
    const compiled = readNumber(f).compile();
    for (const p of [-2, -0.7, 0.3, 0.9]) expect(compiled({ ...AT, p })).toBe(f({ ...AT, p }));
  });

  it('with named results, in the order of the state', () => {
    const trace = ({ p, w }: Seen) => ({ w: w / 2, p: p + 1 });
    const local = readLocal('rule', 'trace', trace, { shape: SHAPE, results: ['p', 'w'] });
    expect(local.compile()(AT)).toEqual({ p: 1.3, w: -0.35 });
    expect('kind' in local.results ? [] : local.results.map(({ name }) => name)).toEqual(['p', 'w']);
  });

  it.each([
    "(v) => v['post']['slope'] * v.pre['rate'] - v['p'] / v['tau']",
    "({ 'p': p, post: { 'slope': s }, ['pre']: { rate: x }, tau }) => s * x - p / tau",
    "(v) => Math['max'](v['p'], Math['PI'])",
  ])('with names in quotes, as minifiers and formatters write them: %s', (text) => {
    const f = writtenAs(text);
    expect(readNumber(f).compile()(AT)).toBe(f(AT));
  });

  it('with results in quotes', () => {
    const trace = writtenAs("({ p, pre }) => ({ 'p': p + pre.rate, ['w']: p })");
    const local = readLocal('rule', 'trace', trace, { shape: SHAPE, results: ['p', 'w'] });
    expect(local.compile()(AT)).toEqual(trace(AT));
  });

  it('whose functions go by other names, where only one meaning gives its bits', () => {
    const [phi, psi] = [tanh, exp];
    const local = readNumber(({ p, w }) => phi(p) * psi(w));
    expect(local.operations).toEqual({ tanh: 1, exp: 1, '*': 1 });
    expect(local.compile()(AT)).toBe(tanh(0.3) * exp(-0.7));
  });
});

describe('from the graph of a local function follows', () => {
  const local = readNumber(({ p, post, pre, tau, reward }) => {
    const drive = post.slope * pre.rate;
    return p > 0 ? reward * drive + drive / tau : tanh(drive) * post.signal;
  });

  it('what it reads, and whose that is', () => {
    expect(local.reads.map(({ path, scope }) => [path, scope])).toEqual([
      ['p', 'own state'],
      ['reward', 'global'],
      ['post.slope', 'postsynaptic'],
      ['pre.rate', 'presynaptic'],
      ['tau', 'parameter'],
      ['post.signal', 'learning signal'],
    ]);
  });

  it('nothing of what is named and not used', () => {
    const unused = readNumber(({ p, w }) => {
      const idle = w * 2;
      return idle > 0 ? p : p;
    });
    expect(unused.reads.map(({ path }) => path)).toEqual(['w', 'p']);
  });

  it('what it costs, an expression written twice counted once', () => {
    expect(local.operations).toEqual({ compare: 1, '*': 3, '/': 1, '+': 1, tanh: 1, choose: 1 });
  });
});

const float = fc.oneof(fc.double({ min: -4, max: 4 }), fc.double(), fc.constantFrom(0, -0, 1, -1, 0.5));

describe('the graph of a random function', () => {
  it('gives its bits, compiled and step by step, on random views', () => {
    fc.assert(
      fc.property(
        numberText,
        fc.array(fc.array(float, { minLength: 5, maxLength: 5 }), { maxLength: 8 }),
        (text, points) => {
          const f = functionOf(text);
          const local = readLocal('rule', 'change', f, { shape: SHAPE });
          const compiled = local.compile();
          for (const [p, w, tau, rate, slope] of points) {
            const view = { ...AT, p, w, tau, pre: { rate }, post: { ...AT.post, slope } };
            const expected = f(view);
            expect(compiled(view)).toBe(expected);
            if (!('kind' in local.results)) throw new Error('is no number');
            expect(evaluate(local.results, view)).toBe(expected);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
