import { describe, expect, it } from 'vitest';
import { fromNir, type NirGraph, type NirNode } from '../../src/exchange/index.ts';
import { refusal } from '../refusal.ts';
import { graphOf, inputOf, node, outputOf } from './graphs.ts';

const DT = 1e-3;
const lif = { tau: [0.01], r: [1], v_leak: [0], v_threshold: [1] };
const base = { in: inputOf(1), w: node('Linear', { weight: [[1]] }), n: node('LIF', lif), out: outputOf(1) };
const way = 'in > w > n > out';
const scale = node('Scale', { scale: [1] });

/** So many nodes `NAME0`, `NAME1`, ..., and two edges from each to the next: 2^(count - 1) ways lead through. */
function ladder(name: string, count: number): { nodes: Record<string, NirNode>; edges: readonly string[] } {
  const names = Array.from({ length: count }, (_, k) => `${name}${k}`);
  return {
    nodes: Object.fromEntries(names.map((each) => [each, scale])),
    edges: names.slice(1).flatMap((to, k) => [`${names[k]} > ${to}`, `${names[k]} > ${to}`]),
  };
}

describe('a graph that would take forever, or all memory, is refused at once:', () => {
  const { nodes, edges } = ladder('s', 60);
  const affine = node('Affine', { weight: [[1]], bias: [1] });
  const square = (size: number, value: number) =>
    node('Linear', { weight: Array.from({ length: size }, () => new Array<number>(size).fill(value)) });
  const [large, wide] = [square(700, 1), inputOf(700)];
  const inItself: { -readonly [K in keyof NirGraph]: NirGraph[K] } = graphOf(base, way);
  inItself.nodes = new Map<string, NirNode | NirGraph>([...inItself.nodes, ['again', inItself]]);
  it.each([
    ['a ladder with a dead end', graphOf({ ...base, ...nodes }, way, 'in > s0', ...edges), /^nodes\.s\d+: more than 50000 steps/], // prettier-ignore
    [
      'a ladder behind a bias',
      graphOf({ ...base, ...nodes, a: affine }, way, 'a > s0', ...edges, 's59 > n'),
      /^nodes\.s\d+: more than 50000 steps/,
    ],
    [
      'a scale of more values than there is memory',
      graphOf({ ...base, wide: inputOf(1e12), s: scale }, way, 'wide > s > out'),
      /^nodes\.wide: brings the graph to 1000000000003 neurons/,
    ],
    [
      'products of matrices',
      graphOf({ ...base, wide, a: large, b: large, c: large, o: outputOf(700) }, way, 'wide > a > b > c > o'),
      /^nodes\.b: .*multiplications/,
    ],
    [
      'a matrix that is scaled again and again',
      graphOf(
        { ...base, wide, a: large, o: outputOf(700), ...ladder('t', 99).nodes },
        way,
        `wide > a > ${Object.keys(ladder('t', 99).nodes).join(' > ')} > o`,
      ),
      /^nodes\.t\d+: the paths between neurons have more than 33554432 numbers/,
    ],
    ['a graph in itself', inItself, /^nodes\.again\.[a-z.]+: lies in more than 14 nested graphs/],
  ])('%s', (_, graph, message) => {
    expect(refusal(() => fromNir(graph, { dt: DT }))).toMatch(message);
  });
});

describe('a large graph takes time and memory for what is in it:', () => {
  it('delays of many neurons that are joined one to one', () => {
    const size = 20_000;
    const delays = Array.from({ length: size }, (_, k) => (k % 3) * DT);
    const neurons = node('LIF', { ...lif, tau: new Array<number>(size).fill(0.01) });
    const graph = graphOf(
      { in: inputOf(size), d: node('Delay', { delay: delays }), n: neurons, out: outputOf(size) },
      'in > d > n > out',
    );
    const { delay } = fromNir(graph, { dt: DT }).synapses['in-n'];
    expect(delay).toEqual(Array.from({ length: size }, (_, k) => k % 3));
  });
});
