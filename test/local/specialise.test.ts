import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/local/graph/evaluate.ts';
import { Graph, nodesOf, operands, readLocal, specialise, type Value, type ViewShape } from '../../src/local/index.ts';
import { functionOf, numberText } from './language-texts.ts';

const SHAPE = {
  p: 'own state',
  w: 'own weight',
  tau: 'parameter',
  pre: { rate: 'presynaptic' },
  post: { slope: 'postsynaptic' },
} as const satisfies ViewShape;
const PATHS = ['p', 'w', 'tau', 'pre.rate', 'post.slope'];

const numbers = fc.array(
  fc.oneof(
    fc.double({ min: -4, max: 4 }),
    fc.double(),
    fc.constantFrom(0, -0, 1, -1, 0.5, Infinity, -Infinity, NaN, 5e-324, 1e308),
  ),
  { minLength: 5, maxLength: 5 },
);
const viewOf = ([p, w, tau, rate, slope]: readonly number[]) => ({ p, w, tau, pre: { rate }, post: { slope } });

function graphOf(text: string): Value {
  const { results } = readLocal('rule', 'change', functionOf(text), { shape: SHAPE });
  if ('kind' in results) return results;
  throw new Error('is no number');
}

/** The graph with some of its reads filled in. */
function filled(value: Value, at: readonly number[], which: ReadonlySet<string>): Value {
  const graph = new Graph();
  return specialise(graph, value, ({ path, scope }) =>
    which.has(path) ? graph.constant(at[PATHS.indexOf(path)]) : graph.read(path, scope),
  );
}

describe('a graph with numbers filled in', () => {
  const property = (check: (value: Value, at: readonly number[], which: ReadonlySet<string>) => void) => {
    fc.assert(
      fc.property(numberText, numbers, fc.subarray(PATHS), (text, at, which) => {
        check(graphOf(text), at, new Set(which));
      }),
      { numRuns: 1000 },
    );
  };

  it('gives the bits of the graph itself', () => {
    property((value, at, which) => {
      // Object.is: -0 is not 0, and NaN is NaN.
      expect(evaluate(filled(value, at, which), viewOf(at))).toBe(evaluate(value, viewOf(at)));
    });
  });

  it('reads none of them any more, and nothing that it did not read', () => {
    const readsOf = (value: Value) => nodesOf([value]).flatMap((node) => (node.kind === 'read' ? [node.path] : []));
    property((value, at, which) => {
      const before = readsOf(value);
      for (const path of readsOf(filled(value, at, which))) {
        expect(which.has(path)).toBe(false);
        expect(before).toContain(path);
      }
    });
  });

  it('has them filled in in the psi of a spike too, which only its derivative shows', () => {
    const text = 'spike(p - tau, w * tau + spike(tau, p))';
    const value = filled(graphOf(text), [0.3, -0.7, 4, 1, 2], new Set(['tau', 'w']));
    const graph = new Graph();
    const [p, four] = [graph.read('p', 'own state'), graph.constant(4)];
    const psi = graph.arithmetic('+', graph.constant(-0.7 * 4), graph.constant(1));
    const right = graph.spike(graph.arithmetic('-', p, four), graph.constant(evaluate(psi, {})));
    expect(specialise(graph, value, ({ path, scope }) => graph.read(path, scope))).toBe(right);
  });

  it('has computed all that is then constant', () => {
    property((value, at, which) => {
      for (const node of nodesOf([filled(value, at, which)])) {
        const parts = operands(node);
        if (parts.length > 0) expect(parts.every(({ kind }) => kind === 'constant')).toBe(false);
      }
    });
  });

  it('is one constant, where all of them are', () => {
    fc.assert(
      fc.property(numberText, numbers, (text, at) => {
        const value = graphOf(text);
        const result = filled(value, at, new Set(PATHS));
        expect(result).toMatchObject({ kind: 'constant', value: evaluate(value, viewOf(at)) });
      }),
      { numRuns: 300 },
    );
  });
});
