import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inwardDerivative } from '../../src/local/derivative/inward.ts';
import { textbookDerivative } from '../../src/local/derivative/textbook.ts';
import { numberFunction } from '../../src/local/graph/code.ts';
import { evaluate } from '../../src/local/graph/evaluate.ts';
import {
  abs,
  detach,
  exp,
  Graph,
  max,
  min,
  readLocal,
  specialise,
  spike,
  tanh,
  type Condition,
  type Value,
  type View,
  type ViewShape,
} from '../../src/local/index.ts';
import { functionOf, surrogateText } from './language-texts.ts';

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
const triangle = (x: number) => Math.max(0, 1 - Math.abs(x));

const DERIVATIVES: readonly (readonly [string, Local, Local])[] = [
  ['of a spike is psi', ({ p, w }) => spike(p - w, 0.3 * w), ({ w }) => 0.3 * w],
  ['of a spike by the chain rule', ({ p }) => spike(3 * p - 1, 0.5), () => 1.5],
  ['of what does not depend on it is 0', ({ p, w }) => spike(w, p), () => 0],
  [
    'takes a psi of the same number for constant',
    ({ p, w }) => spike(p * p - w, max(0, 1 - abs(p * p - w))),
    ({ p, w }) => (p + p) * triangle(p * p - w),
  ],
  ['of a product with a spike', ({ p, w }) => p * spike(p - w, 0.25), ({ p, w }) => (p - w >= 0 ? 1 : 0) + p * 0.25],
  [
    'of a spike of a spike is the product of both psis',
    ({ p, w }) => spike(w * spike(2 * p, 0.4) - p, 0.7),
    ({ w }) => (w * 0.8 - 1) * 0.7,
  ],
  [
    'leaves out a spike within a psi',
    ({ p, w }) => spike(p, w + spike(p - 1, 5)),
    ({ p, w }) => w + (p - 1 >= 0 ? 1 : 0),
  ],
  [
    'of tanh of a spike is at its value',
    ({ p }) => tanh(spike(p, 0.3) / 2),
    ({ p }) => (0.3 / 2) * (1 - tanh(p >= 0 ? 0.5 : 0) * tanh(p >= 0 ? 0.5 : 0)),
  ],
  ['of a detached value is 0', ({ p }) => detach(p * p), () => 0],
  ['of a product with a detached value', ({ p, w }) => p * detach(p * w), ({ p, w }) => p * w],
  ['of a quotient by a detached value', ({ p, w }) => p / detach(p + w), ({ p, w }) => 1 / (p + w)],
  ['of a quotient of a detached value', ({ p, w }) => detach(p) / (p - w), ({ p, w }) => -(p / (p - w)) / (p - w)],
  ['of a detached spike is 0', ({ p, w }) => w * p - detach(spike(p, 9)), ({ w }) => w],
  ['of a spike of what is partly detached', ({ p, w }) => spike(p - detach(p * w), 0.6), () => 0.6],
  ['takes a detached psi as it is', ({ p }) => spike(p, detach(p)), ({ p }) => p],
  ['of max takes a detached side for constant', ({ p, w }) => max(detach(2 * p), w), () => 0],
  ['of max of a side and itself, detached', ({ p }) => max(p, detach(p)), () => 0],
  ['of min of another side', ({ p, w }) => min(3 * p, detach(p) + w), ({ p, w }) => (3 * p < p + w ? 3 : 0)],
  ['of a choice of a detached side', ({ p, w }) => (p > w ? detach(p) : p * w), ({ p, w }) => (p > w ? 0 : w)],
  [
    'takes a spike in a condition for constant',
    ({ p, w }) => (spike(p - w, 8) > detach(p) ? p * w : p),
    ({ p, w }) => ((p - w >= 0 ? 1 : 0) > p ? w : 1),
  ],
];

describe('the derivative', () => {
  it.each(DERIVATIVES)('%s, to the bit', (_, f, byHand) => {
    const derived = read(f).derivative('df', 'p').compileNumber();
    for (const view of views) expect(derived(view) + 0, JSON.stringify(view)).toBe(byHand(view) + 0);
  });

  it.each(DERIVATIVES)('%s, from the result inward too', (_, f, byHand) => {
    const graph = new Graph();
    const value = specialise(graph, read(f).value, ({ path, scope }) => graph.read(path, scope));
    const derived = numberFunction('df', inwardDerivative(graph, value, 'p'));
    for (const view of views) {
      const expected = byHand(view);
      if (Number.isFinite(expected)) expect(derived(view), JSON.stringify(view)).toBeCloseTo(expected, 12);
    }
  });

  it('does not become NaN by a psi that is 0 where what is beneath it overflows', () => {
    const f: Local = ({ p }) => spike(exp(p), 0) + detach(exp(p)) * 0 + p;
    expect(read(f).derivative('df', 'p').compileNumber()({ p: 800, w: 0 })).toBe(1);
    const logistic: Local = ({ p }) => spike(1 / (1 + exp(-p)) - 0.5, 2);
    expect(read(logistic).derivative('df', 'p').compileNumber()({ p: -800, w: 0 })).toBe(-0);
  });

  it('needs no second form where psi and what is detached are tame', () => {
    const f = ({ p, w, tau }: Seen & { tau: number }) => tau * spike(p, max(0, 1 - abs(p))) + p * detach(w);
    const slope = read(f).derivative('df', 'p');
    expect(slope.operations).toEqual({ abs: 1, '-': 1, max: 1, '*': 1, '+': 1 });
    // The spike itself is bounded, so its product with what is read is tame too.
    const product: Local = ({ p, w }) => p * spike(w, 0.5) * w;
    expect(read(product).derivative('df', 'p').operations).toEqual({ compare: 1, choose: 1, '*': 1 });
  });

  it('of a random expression is the slope of one in which each spike is a line and what is detached a constant', () => {
    const points = fc
      .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000))
      .map((numbers) => numbers.map((n, k) => 0.2 + 0.0017 * n + 0.0001 * Math.SQRT2 * (k + 1)));
    let [compared, withSpikes, withDetached] = [0, 0, 0];
    fc.assert(
      fc.property(surrogateText, points, (text, [p, w, tau, rate, slope]) => {
        const local = read(functionOf(text));
        const { spikes, detached } = local.surrogates;
        if (spikes + detached === 0) return;
        const view = { p, w, tau, pre: { rate }, post: { slope } };
        const line = inLines(local.value, view);
        const at = (by: number) => evaluate(line, { ...view, p: p + by });
        if (!Number.isFinite(at(0))) return;
        expect(at(0)).toBeCloseTo(local.compileNumber()(view), 9);
        const difference = (from: number, to: number) => (at(to) - at(from)) / (to - from);
        const [fine, coarse] = [difference(-1e-4, 1e-4), difference(-2e-4, 2e-4)];
        const [left, right] = [difference(-1e-4, 0), difference(0, 1e-4)];
        const tolerance = 1e-5 * Math.max(1, Math.abs(fine), Math.abs(at(0)));
        // Two spikes are often equal, which is a kink of min and max: there the slopes of both sides differ.
        if (!(Math.abs(coarse - fine) < tolerance && Math.abs(left - right) < 1e-3)) return;
        compared++;
        if (fine !== 0 && spikes > 0) withSpikes++;
        if (fine !== 0 && detached > 0) withDetached++;
        const derived = local.derivative('df', 'p').compileNumber()(view);
        expect(Math.abs(derived - fine), text).toBeLessThan(4 * tolerance);
      }),
      { numRuns: 700, seed: 1 },
    );
    expect(compared).toBeGreaterThan(400);
    expect(Math.min(withSpikes, withDetached)).toBeGreaterThan(60);
  });

  it('from the result inward is that of the textbook, of a random expression', () => {
    const number = fc.integer({ min: -3000, max: 3000 }).map((n) => (n === 0 ? 0.0005 : n / 1000));
    const numbers = fc.array(number, { minLength: 5, maxLength: 5 });
    let compared = 0;
    fc.assert(
      fc.property(surrogateText, numbers, (text, [p, w, tau, rate, slope]) => {
        const graph = new Graph();
        const value = specialise(graph, read(functionOf(text)).value, ({ path, scope }) => graph.read(path, scope));
        const view = { p, w, tau, pre: { rate }, post: { slope } };
        const [byTheBook, inward] = [textbookDerivative, inwardDerivative].map((derive) =>
          evaluate(derive(graph, value, 'p'), view),
        );
        // At a kink of min, max and abs the two may differ, and spikes come to one often.
        if (!Number.isFinite(byTheBook) || /min|max|abs/.test(text)) return;
        compared++;
        expect(Math.abs(inward - byTheBook), text).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(byTheBook)));
      }),
      { numRuns: 1000, seed: 1 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});

/** The same graph, each spike replaced by its line at a view, with psi there as its slope, and each detached value by its number there. */
function inLines(value: Value, view: View): Value {
  const graph = new Graph();
  const line = (node: Value): Value => {
    switch (node.kind) {
      case 'constant':
        return graph.constant(node.value);
      case 'read':
        return graph.read(node.path, node.scope);
      case 'negate':
        return graph.negate(line(node.of));
      case 'arithmetic':
        return graph.arithmetic(node.operator, line(node.left), line(node.right));
      case 'call':
        return graph.call(node.name, node.args.map(line));
      case 'choose':
        return graph.choose(condition(node.test), line(node.yes), line(node.no));
      case 'detach':
        return graph.constant(evaluate(node, view));
      case 'spike': {
        const [of, psi, here] = [node.of, node.psi, node].map((each) => graph.constant(evaluate(each, view)));
        const away = graph.arithmetic('-', line(node.of), of);
        return graph.arithmetic('+', here, graph.arithmetic('*', psi, away));
      }
    }
  };
  const condition = (node: Condition): Condition => {
    switch (node.kind) {
      case 'not':
        return graph.not(condition(node.of));
      case 'and':
      case 'or':
        return graph.logic(node.kind, condition(node.left), condition(node.right));
      case 'compare':
        // As it is at the view: a spike in a condition is a step, not a line.
        return graph.compare(node.operator, frozen(node.left), frozen(node.right));
    }
  };
  const frozen = (node: Value): Value => graph.constant(evaluate(node, view));
  return line(value);
}
