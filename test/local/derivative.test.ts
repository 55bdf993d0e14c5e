import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivative } from '../../src/local/derivative/derivative.ts';
import { numberFunction } from '../../src/local/graph/code.ts';
import { evaluate } from '../../src/local/graph/evaluate.ts';
import {
  abs,
  exp,
  Graph,
  log,
  max,
  min,
  pow,
  readLocal,
  sign,
  specialise,
  sqrt,
  tanh,
  type ViewShape,
} from '../../src/local/index.ts';
import { leakyRelu, leakyTanh, linear, neuronModel } from '../../src/neurons/index.ts';
import { refusal } from '../refusal.ts';
import { functionOf, numberText, rateText, smoothText } from './language-texts.ts';
import { functionsOf } from '../support/models.ts';

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

const readNumber = (f: (view: never) => number) => readLocal('test', 'f', f, { shape: SHAPE });

describe('the derivative', () => {
  it.each<[string, (view: Seen) => number, (view: Seen) => number]>([
    ['of a constant', () => 3, () => 0],
    ['of itself', ({ p }) => p, () => 1],
    ['of another', ({ w }) => w * w, () => 0],
    ['of sums', ({ p, w }) => p + w - (1 - p), () => 2],
    ['of products', ({ p, w }) => p * w * p, ({ p, w }) => p * w + p * w],
    ['of quotients', ({ p, w }) => p / w + w / p, ({ p, w }) => 1 / w - w / p / p],
    ['of a choice', ({ p, w }) => (p > w ? p * p : 5), ({ p, w }) => (p > w ? p + p : 0)],
    ['of tanh', ({ p }) => tanh(2 * p), ({ p }) => 2 * (1 - tanh(2 * p) * tanh(2 * p))],
    ['of exp', ({ p }) => exp(-p), ({ p }) => -exp(-p)],
    ['of log', ({ p }) => log(1 + p * p), ({ p }) => (p + p) / (1 + p * p)],
    ['of sqrt', ({ p }) => sqrt(p), ({ p }) => 1 / (2 * sqrt(p))],
    ['of abs', ({ p }) => abs(p), ({ p }) => sign(p)],
    ['of sign', ({ p }) => sign(p), () => 0],
    ['of min', ({ p, w }) => min(p, w), ({ p, w }) => (p < w ? 1 : 0)],
    ['of max', ({ p, w }) => max(3 * p, w), ({ p, w }) => (3 * p > w ? 3 : 0)],
    ['of pow by its base', ({ p }) => pow(p, 3), ({ p }) => 3 * pow(p, 2)],
    ['of a square', ({ p }) => pow(p, 2), ({ p }) => 2 * p],
    ['of pow by its exponent', ({ p, w }) => pow(w, p), ({ p, w }) => pow(w, p) * log(w)],
  ])('%s is that written by hand, to the bit', (_, f, byHand) => {
    const derived = readNumber(f).derivative('df', 'p').compileNumber();
    for (const p of [0.3, 1.7, -0.6, -3]) {
      for (const w of [0.7, 2, -1.1]) expect(derived({ p, w })).toBe(byHand({ p, w }));
    }
  });

  it('of a random expression is the slope of central differences', () => {
    // No two equal, so that a random kink does not lie on a point.
    const points = fc
      .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000))
      .map((numbers) => numbers.map((n, k) => 0.2 + 0.0017 * n + 0.0001 * Math.SQRT2 * (k + 1)));
    let compared = 0;
    fc.assert(
      fc.property(smoothText, points, (text, [p, w, tau, rate, slope]) => {
        const local = readNumber(functionOf(text));
        const view = { p, w, tau, pre: { rate }, post: { slope } };
        const f = local.compileNumber();
        const at = (by: number) => f({ ...view, p: p + by });
        const difference = (step: number) => (at(step) - at(-step)) / (2 * step);
        // Where two step widths agree, they measure the derivative; elsewhere there is a kink, a pole or mere rounding.
        const [coarse, fine] = [difference(2e-4), difference(1e-4)];
        const tolerance = 1e-5 * Math.max(1, Math.abs(fine), Math.abs(at(0)));
        if (!(Math.abs(coarse - fine) < tolerance)) return;
        compared++;
        const derived = local.derivative('df', 'p').compileNumber()(view);
        expect(Math.abs(derived - fine)).toBeLessThan(4 * tolerance);
      }),
      { numRuns: 600, seed: 1 },
    );
    expect(compared).toBeGreaterThan(400);
  });
});

describe('the derivative of a random expression', () => {
  const number = fc.oneof(
    fc.constantFrom(0, 1, -1, 0.5, 40, -40, 710, -710, 1e6, -1e6),
    fc.integer({ min: -3000, max: 3000 }).map((n) => n / 1000),
  );
  const views = fc.array(
    fc.tuple(number, number, number, number, number).map(([p, w, tau, rate, slope]) => ({
      ...{ p, w, tau },
      pre: { rate },
      post: { slope },
    })),
    { minLength: 12, maxLength: 12 },
  );

  it('has the bits of the textbook wherever that is finite, in whichever way it is computed', () => {
    let [finite, mended] = [0, 0];
    fc.assert(
      fc.property(numberText, views, (text, points) => {
        const graph = new Graph();
        const read = readNumber(functionOf(text)).value;
        const { written, computed } = derivative(
          graph,
          specialise(graph, read, ({ path, scope }) => graph.read(path, scope)),
          'p',
        );
        const compiled = numberFunction('derivative', computed);
        for (const view of points) {
          const [byTheBook, got] = [written, computed].map((derived) => evaluate(derived, view));
          expect(compiled(view)).toBe(got);
          if (Number.isFinite(byTheBook)) {
            finite++;
            expect(got).toBe(byTheBook);
          } else if (Number.isFinite(got)) mended++;
        }
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(finite).toBeGreaterThan(2000);
    expect(mended).toBeGreaterThan(20);
  });

  it('is finite and right wherever the expression has a finite slope', () => {
    let [compared, mended] = [0, 0];
    fc.assert(
      fc.property(rateText, views, (text, points) => {
        const graph = new Graph();
        const f = (view: (typeof points)[number]) => evaluate(value, view);
        const value = specialise(graph, readNumber(functionOf(text)).value, ({ path, scope }) =>
          graph.read(path, scope),
        );
        const { written, computed } = derivative(graph, value, 'p');
        for (const point of points) {
          // Not where two random kinks meet and cancel each other.
          const view = { ...point, p: point.p + 1e-3 * Math.SQRT2 };
          const step = 1e-5 * Math.max(1, Math.abs(view.p));
          const [right, left, nearRight, nearLeft] = [step, -step, step / 2, -step / 2].map(
            (by) => (f({ ...view, p: view.p + by }) - f(view)) / by,
          );
          // Where steps of two widths agree from both sides, they measure the slope; elsewhere there is a kink or a pole.
          const size = Math.max(1, Math.abs(right));
          const rounding = (1e-10 * Math.abs(f(view))) / step;
          const spread = Math.max(...[left, nearRight, nearLeft].map((slope) => Math.abs(slope - right)));
          if (!(spread < 1e-4 * size)) continue;
          compared++;
          if (!Number.isFinite(evaluate(written, view))) mended++;
          expect(Math.abs(evaluate(computed, view) - right), `${text} at ${JSON.stringify(view)}`).toBeLessThan(
            1e-3 * size + rounding,
          );
        }
      }),
      { numRuns: 1000, seed: 2 },
    );
    expect(compared).toBeGreaterThan(8000);
    expect(mended).toBeGreaterThan(400);
  });
});

describe('a neuron model without stated derivatives', () => {
  const POINTS = [-3, -1.1, -0.2, 0, 0.3, 0.9, 2.5].flatMap((u) => [-1.4, 0, 0.1, 2].map((h) => ({ u, h })));

  it.each([
    ['leakyTanh', leakyTanh(1, { tau: 7 }), (u: number) => (1 / 7) * (1 - tanh(u) * tanh(u)), 1 - 1 / 7],
    ['leakyRelu', leakyRelu(1, { tau: 3, below: 0.2 }), (u: number) => (1 / 3) * (u > 0 ? 1 : 0.2), 1 - 1 / 3],
    ['linear', linear(1), () => 1, 0],
  ])('has those that were written by hand, to the bit: %s', (_, population, slope, retention) => {
    const model = functionsOf(population);
    const [tau, below] = [population.params['tau'], population.params['below']].map((value) => Number(value));
    for (const { u, h } of POINTS) {
      expect(model.slope({ tau, below, u, h })).toBe(slope(u));
      expect(model.retention({ tau, below, u, h })).toBe(retention);
    }
  });

  it('may be any in the language', () => {
    const population = neuronModel({
      name: 'leaky-softplus',
      params: { tau: 10 },
      rate: ({ h, u, tau }) => h + (log(1 + exp(u)) - h) / tau,
    })(1);
    for (const { u, h } of POINTS) {
      expect(functionsOf(population).slope({ tau: 10, u, h })).toBeCloseTo(1 / (1 + Math.exp(-u)) / 10, 14);
      expect(functionsOf(population).retention({ tau: 10, u, h })).toBe(0.9);
    }
    expect(population.model?.analysis?.functions.map(({ name }) => name)).toEqual(['rate', 'slope', 'retention']);
    expect(population.model?.analysis?.function('slope')?.reads.map(({ path }) => path)).toEqual(['u', 'tau']);
  });

  it('is refused at line and column where it is not in the language', () => {
    const gain = 2;
    const define = () => neuronModel({ name: 'mine', params: {}, rate: ({ u }) => gain * u });
    expect(refusal(define)).toMatch(/^neuron model 'mine'\.rate, line 1, column \d+: `gain` comes from outside/);
  });

  it('cannot be opaque', () => {
    const gain = [2];
    const rate = ({ u }: { u: number }) => gain[0] * u;
    const slope = () => gain[0];
    const define = (rest: object) => neuronModel({ name: 'mine', params: {}, rate, opaque: true, ...rest })(1);
    expect(refusal(() => define({ slope }))).toBe(
      "neuron model 'mine'.retention: cannot be derived from an opaque rate; state it, or leave out opaque",
    );
    expect(refusal(() => define({ slope, retention: () => 1 }))).toMatch(/retention: gives 1 at u = /);
    expect(define({ slope, retention: () => 0 }).model?.analysis).toBeUndefined();
  });
});
