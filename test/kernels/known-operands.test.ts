import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { Graph, type Value } from '../../src/local/index.ts';
import { expectBits } from '../support/agreement.ts';
import { computeInKernel } from './apply.ts';

beforeAll(loadKernels);

const SIZES = [0, 5e-324, 1e-310, 2.2250738585072014e-308, 0.3, 1, 1.5, 3, 1e300, Number.MAX_VALUE, Infinity];
const POINTS = Float64Array.from([...SIZES.flatMap((x) => [x, -x]), NaN]);

/** An operation on x, and what it is. */
function expectSame(what: string, write: (graph: Graph, x: Value) => Value, f: (x: number) => number): void {
  const graph = new Graph();
  const value = write(graph, graph.read('x', 'summed input'));
  expectBits(what, computeInKernel(value, POINTS), POINTS.map(f));
}

describe('an operation has the bits of the language where one operand is known:', () => {
  it.each([0, -0, 0.5, 1, -2.5, 1e300, Infinity, -Infinity])('the larger and the smaller of x and %d', (limit) => {
    for (const name of ['min', 'max'] as const) {
      expectSame(
        `${name}(x, limit)`,
        (graph, x) => graph.call(name, [x, graph.constant(limit)]),
        (x) => Math[name](x, limit),
      );
      expectSame(
        `${name}(limit, x)`,
        (graph, x) => graph.call(name, [graph.constant(limit), x]),
        (x) => Math[name](limit, x),
      );
    }
  });

  it.each([1, -1, 2, 0.5, -4, 3, 2 ** 100, 2 ** 101, 2 ** 1023, 2 ** -1022, 5e-324, 0])('x / %d', (by) => {
    expectSame(
      'x / c',
      (graph, x) => graph.arithmetic('/', x, graph.constant(by)),
      (x) => x / by,
    );
  });

  it.each([1, -1, 0])('x * %d', (by) => {
    expectSame(
      'x c',
      (graph, x) => graph.arithmetic('*', x, graph.constant(by)),
      (x) => x * by,
    );
    expectSame(
      'c x',
      (graph, x) => graph.arithmetic('*', graph.constant(by), x),
      (x) => by * x,
    );
  });

  it.each([0, -0, 1])('x < 1 ? x : %d, and the other way round', (other) => {
    const test = (graph: Graph, x: Value) => graph.compare('<', x, graph.constant(1));
    expectSame(
      'x or c',
      (graph, x) => graph.choose(test(graph, x), x, graph.constant(other)),
      (x) => (x < 1 ? x : other),
    );
    expectSame(
      'c or x',
      (graph, x) => graph.choose(test(graph, x), graph.constant(other), x),
      (x) => (x < 1 ? other : x),
    );
  });

  it('x < 0 ? -x : x, and the other way round', () => {
    const test = (graph: Graph, x: Value) => graph.compare('<', x, graph.constant(0));
    expectSame(
      '-x or x',
      (graph, x) => graph.choose(test(graph, x), graph.negate(x), x),
      (x) => (x < 0 ? -x : x),
    );
    expectSame(
      'x or -x',
      (graph, x) => graph.choose(test(graph, x), x, graph.negate(x)),
      (x) => (x < 0 ? x : -x),
    );
  });

  it('would show a wrong one', () => {
    expect(() => {
      expectSame(
        'max',
        (graph, x) => graph.call('max', [x, graph.constant(0)]),
        (x) => (x < 0 ? 0 : x),
      );
    }).toThrow();
  });
});
