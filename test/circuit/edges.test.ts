import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  build,
  circuit,
  mask,
  probability,
  type BuiltGroup,
  type Edges,
  type SynapseGroup,
} from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { constant, integers, normal, stream } from '../../src/random/index.ts';
import { edgesOf } from '../support/scattered.ts';
import { refusal } from '../refusal.ts';

/** Four neurons that send to three, by a group. */
const between = (group: Partial<SynapseGroup<'h' | 'g'>>, axon = {}) =>
  circuit({
    neurons: { h: leakyTanh(4), g: leakyTanh(3), y: linear(1) },
    synapses: { r: { from: 'h', to: 'g', ...group }, o: { from: 'g', to: 'y', weights: constant(1) } },
    axons: { h: axon },
  });
const built = (group: Partial<SynapseGroup<'h' | 'g'>>, seed = 1): BuiltGroup => build(between(group), seed).groups[0];
/** Edges of anything, as a script without types may give them. */
const loosely = (edges: unknown, group: object = {}) => between({ ...group, edges: edges as Edges });
const plain = ({ rowStart, pre, weights, delay, longer }: BuiltGroup) => ({ rowStart, pre, weights, delay, longer });

const LIST = [
  [3, 2, 0.5],
  [0, 1, -1],
  [2, 0, 0.25],
  [1, 2, 2],
] as const;
const COLUMNS = {
  from: Int32Array.of(3, 0, 2, 1),
  to: Uint8Array.of(2, 1, 0, 2),
  weights: Float64Array.of(0.5, -1, 0.25, 2),
};

describe('edges', () => {
  it('are synapses in compressed rows, whatever their order and form', () => {
    const expected = {
      rowStart: Int32Array.of(0, 1, 2, 4),
      pre: Int32Array.of(2, 0, 1, 3),
      weights: Float64Array.of(0.25, -1, 2, 0.5),
      delay: 0,
      longer: undefined,
    };
    expect(plain(built({ edges: LIST }))).toEqual(expected);
    expect(plain(built({ edges: [...LIST].reverse() }))).toEqual(expected);
    expect(plain(built({ edges: COLUMNS }))).toEqual(expected);
  });

  it('are the group that a mask and a matrix are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = stream(seed, 'edges');
        const group = built({ connect: probability(0.5), weights: normal() }, seed);
        const { to, from, rowStart, pre, weights } = group;
        const [joined, matrix] = [1, NaN].map((none) => Array.from({ length: to.size }, () => new Array<number>(from.size).fill(none === 1 ? 0 : NaN))); // prettier-ignore
        for (let i = 0; i < to.size; i++) {
          for (let k = rowStart[i]; k < rowStart[i + 1]; k++) [joined[i][pre[k]], matrix[i][pre[k]]] = [1, weights[k]];
        }
        const edges = edgesOf(group, random, () => 0).map(([j, i, w]) => [j, i, w] as const);
        const masked = built({ connect: mask(joined as (0 | 1)[][]), weights: matrix }, seed);
        expect(plain(built({ edges }, seed))).toEqual(plain(masked));
        expect(plain(masked)).toEqual(plain(group));
      }),
      { numRuns: 50 },
    );
  });

  it('draw their weights where they bring none, each synapse once, in the order of the group', () => {
    const drawn = built({ edges: LIST.map(([j, i]) => [j, i]), weights: normal() });
    const masked = built({ connect: mask([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 1]]), weights: normal() }); // prettier-ignore
    expect(plain(drawn)).toEqual(plain(masked));
  });

  it('may be empty', () => {
    expect(built({ edges: [] }).pre).toHaveLength(0);
    expect(built({ edges: { from: [], to: [] }, weights: normal() }).pre).toHaveLength(0);
  });

  it('are the same again where a checked circuit is defined again', () => {
    const { neurons, synapses } = between({ edges: LIST.map((edge, k) => [...edge, k]) });
    const again = circuit<string, string, string>({ neurons, synapses });
    expect(again.synapses['r']).toEqual(synapses.r);
  });

  it('take memory by their number, and not by that of all pairs', () => {
    const size = 200_000;
    const ring = Int32Array.from({ length: size }, (_, i) => i);
    const many = circuit({
      neurons: { x: input(size), h: linear(size), y: linear(1) },
      synapses: {
        ring: { from: 'x', to: 'h', edges: { from: ring, to: ring.map((i) => (i + 1) % size) }, weights: constant(1) },
        out: { from: 'h', to: 'y', edges: [[0, 0, 1]] },
      },
    });
    const [group] = build(many, 1).groups;
    expect([...group.pre.subarray(0, 3)]).toEqual([size - 1, 0, 1]);
  });

  it.each<[string, unknown, object, string]>([
    ['no list', 3, {}, 'synapses.r.edges: expected { from, to, weights, delays }, got 3'],
    ['no edge', [[0, 1, 1], 4], {}, 'synapses.r.edges[1]: expected an edge [from, to, weight, delay], got 4'],
    ['too short', [[0]], { weights: normal() }, 'synapses.r.edges[0]: expected an edge'],
    ['of different lengths', [[0, 1, 1], [0, 2]], {}, 'synapses.r.edges[1]: has 2 entries, but the first edge has 3'], // prettier-ignore
    ['from no neuron', [[0, 1, 1], [4, 1, 1]], {}, 'synapses.r.edges[1][0]: 4 is not a presynaptic neuron; expected a whole number, 0 to 3'], // prettier-ignore
    ['to no neuron', [[0, -1, 1]], {}, 'synapses.r.edges[0][1]: -1 is not a postsynaptic neuron'],
    ['to a fraction', [[0, 1.5, 1]], {}, 'synapses.r.edges[0][1]: 1.5 is not'],
    ['to text', [[0, '1', 1]], {}, "synapses.r.edges[0][1]: '1' is not a number"],
    ['twice', [[1, 2, 1], [0, 0, 1], [1, 2, 3]], {}, 'synapses.r.edges[2]: joins neuron 1 to neuron 2, as synapses.r.edges[0] does'], // prettier-ignore
    ['without a weight', [[0, 1, NaN]], {}, 'synapses.r.edges[0][2]: NaN is not a finite number'],
    [
      'with weights twice',
      [[0, 1, 1]],
      { weights: normal() },
      'synapses.r.weights: the edges have weights of their own',
    ],
    [
      'with no weights',
      [[0, 1]],
      {},
      'synapses.r.weights: expected a distribution, such as normal({ sd: 1 }), or a matrix, got undefined',
    ],
    ['with a matrix', [[0, 1]], { weights: [[1]] }, 'synapses.r.weights: a matrix does not fit edges'],
    ['beside connect', [[0, 1, 1]], { connect: probability(1) }, 'synapses.r.connect: the edges already say'],
    ['beyond bounds', [[0, 1, 1]], { bounds: [0, 0.5] }, 'synapses.r.edges[0][2]: 1 is outside its bounds'],
    ['late by a fraction', [[0, 1, 1, 0.5]], {}, 'synapses.r.edges[0][3]: 0.5 is not a whole number of timesteps'],
    ['late twice', [[0, 1, 1, 2]], { delay: 1 }, 'synapses.r.delay: the edges have delays of their own'],
    [
      'late twice, both by edge',
      [[0, 1, 1, 2]],
      { delay: [1] },
      'synapses.r.delay: the edges have delays of their own',
    ],
    ['late by another number', [[0, 1, 1]], { delay: [1, 2] }, 'synapses.r.delay: has 2 numbers; expected 1'],
    ['late by a list with a fraction', [[0, 1, 1]], { delay: [-1] }, 'synapses.r.delay[0]: -1 is not a whole number'],
    ['in columns of no field', { from: [0], to: [1], weight: [1] }, {}, 'synapses.r.edges.weight'],
    ['in columns of different lengths', { from: [0, 1], to: [1] }, {}, "synapses.r.edges.to: has 1 number, but 'from' has 2"], // prettier-ignore
    ['in columns without one', { from: [0] }, {}, 'synapses.r.edges.to: expected a list of numbers, got undefined'],
    ['in columns from no neuron', { from: [0, 9], to: [1, 1] }, {}, 'synapses.r.edges.from[1]: 9 is not a presynaptic'],
    ['in columns of wrong weights', { from: [0], to: [1], weights: ['a'] }, {}, "synapses.r.edges.weights[0]: 'a' is"],
  ])('are refused where they are %s', (_, edges, group, message) => {
    expect(refusal(() => loosely(edges, group))).toContain(message);
  });
});

describe('a delay for each synapse', () => {
  const late = ({ delay, longer }: BuiltGroup) => [delay, longer && [...longer]];

  it('is one for each edge, in the order of the edges or in the edges', () => {
    // The synapses are those from 2, 0, 1 and 3, in this order.
    const expected = [1, [2, 1, 3, 0]];
    expect(late(built({ edges: LIST, delay: [1, 2, 3, 4] }))).toEqual(expected);
    expect(late(built({ edges: LIST, delay: Int32Array.of(1, 2, 3, 4) }))).toEqual(expected);
    expect(late(built({ edges: LIST.map((edge, k) => [...edge, k + 1]) }))).toEqual(expected);
    expect(late(built({ edges: { ...COLUMNS, delays: Int8Array.of(1, 2, 3, 4) } }))).toEqual(expected);
  });

  it('is drawn, each whole number as likely, from a stream of the group’s own', () => {
    const counts = [0, 0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const { delay, longer } = built({ weights: normal(), delay: integers(2, 4) }, seed);
      for (const more of longer ?? []) counts[delay + more - 2]++;
    }
    for (const count of counts) expect(count / 720).toBeCloseTo(1 / 3, 1);
    const weights = [built({ weights: normal() }), built({ weights: normal(), delay: integers(2, 4) })];
    expect(weights[0].weights).toEqual(weights[1].weights);
  });

  it('is an entry of a matrix, which may be missing where there is no synapse', () => {
    const connect = mask([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 1]]); // prettier-ignore
    const delay = [[NaN, 0, 5, 0], [3, null, 0, 0], [9, 4, 9, 3]]; // prettier-ignore
    const group = built({ connect, weights: normal(), delay });
    expect(late(group)).toEqual([3, [2, 0, 1, 0]]);
    expect(late(built({ weights: normal(), delay: [[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]] }))).toEqual([1, undefined]); // prettier-ignore
  });

  it('comes on top of that of the axon', () => {
    const definition = between({ weights: normal(), delay: integers(1, 3) }, { delay: 2 });
    const [{ delay, longer }] = build(definition, 1).groups;
    expect([delay, Math.max(...(longer ?? []))]).toEqual([3, 2]);
  });

  it('puts the group among those of this timestep where the shortest is 0', () => {
    const loop = (delay: number) => () =>
      circuit({
        neurons: { h: linear(2), y: linear(1) },
        synapses: { r: { from: 'h', to: 'h', edges: [[0, 1, 1, delay], [1, 0, 1, 4]] }, o: { from: 'h', to: 'y', weights: constant(1) } }, // prettier-ignore
      });
    expect(refusal(loop(0))).toContain("a loop without delay through 'r' (h to h)");
    expect(build(loop(1)(), 1).groups[0].delay).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ['a fraction', 1.5, 'synapses.r.delay: 1.5 is not a whole number of timesteps'],
    ['a distribution of other numbers', normal(), 'is not a whole number of timesteps'],
    ['negative', integers(-1, 2), 'synapses.r.delay.low: -1 is negative'],
    ['drawn from the wrong end', { kind: 'integers', low: 3, high: 1 }, 'synapses.r.delay: low 3 is above high 1'],
    [
      'drawn from fractions',
      { kind: 'integers', low: 0.5, high: 1 },
      'synapses.r.delay.low: 0.5 is not a whole number',
    ],
    ['a matrix of another shape', [[1]], 'synapses.r.delay: has 1 row; give 3'],
    ['missing', [[1, 1, 1, 1], [1, 1, NaN, 1], [1, 1, 1, 1]], 'synapses.r.delay[1][2]: NaN is not'], // prettier-ignore
    ['longer than can be kept', integers(1, 2 ** 24), 'synapses.r.delay: 16777216 timesteps need too much memory'],
  ])('is refused where it is %s', (_, delay, message) => {
    expect(refusal(() => between({ weights: normal(), delay: delay as number }))).toContain(message);
  });

  it('is missed where a seed draws a synapse that has none', () => {
    const definition = between({ connect: probability(0.9), weights: normal(), delay: [[1, 1, 1, 1], [1, NaN, NaN, NaN], [1, 1, 1, 1]] }); // prettier-ignore
    expect(refusal(() => build(definition, 1))).toContain('has no delay, but seed 1 draws a synapse here');
  });
});
