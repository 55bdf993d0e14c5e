import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  build,
  circuit,
  mask,
  oneToOne,
  probability,
  type BuiltGroup,
  type Connectivity,
} from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { constant, normal, uniform } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';

const neurons = { x: input(2), h: leakyTanh(5, { tau: 4, initial: 0.1 }), y: linear(3) };
const synapses = {
  recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.3 }), rule: rflo() },
  readout: { from: 'h', to: 'y', weights: uniform(-1, 1), rule: delta() },
} as const;
const feedback = { error: { from: 'y', to: 'h', weights: normal() } } as const;

/** A group between two populations of these sizes, built. */
function group(rows: number, columns: number, connect?: Connectivity, seed = 1): BuiltGroup {
  const built = build(
    circuit({
      neurons: { a: linear(columns), b: linear(rows) },
      synapses: { ab: { from: 'a', to: 'b', weights: normal(), ...(connect && { connect }) } },
    }),
    seed,
  );
  return built.groups[0];
}

/** A group within one population, built. */
function within(size: number, connect: Connectivity, seed = 1): BuiltGroup {
  const built = build(
    circuit({
      neurons: { a: linear(size) },
      synapses: { aa: { from: 'a', to: 'a', weights: normal(), connect } },
      outputs: ['a'],
    }),
    seed,
  );
  return built.groups[0];
}

/** The pairs [postsynaptic, presynaptic] that are joined. */
const pairs = ({ rowStart, pre, to }: BuiltGroup): [number, number][] =>
  Array.from({ length: to.size }, (_, i) => [...pre.slice(rowStart[i], rowStart[i + 1])].map((j) => [i, j] as const))
    .flat()
    .map(([i, j]) => [i, j]);

describe('build', () => {
  const built = build(circuit({ neurons, synapses, feedback }), 1);

  it('has the populations in the order they were written and in the order they run', () => {
    expect(built.populations.map(({ name, index, size }) => [name, index, size])).toEqual([
      ['x', 0, 2],
      ['h', 1, 5],
      ['y', 2, 3],
    ]);
    expect(built.order.map(({ name }) => name)).toEqual(['h', 'y']);
    expect(built.inputs).toEqual([built.populations[0]]);
    expect(built.outputs).toEqual([built.populations[2]]);
    expect(built.order[0]).toBe(built.populations[1]);
  });

  it('gives every neuron its initial rate', () => {
    expect([...built.populations[1].initial]).toEqual([0.1, 0.1, 0.1, 0.1, 0.1]);
    const each = circuit({ neurons: { ...neurons, h: leakyTanh(5, { initial: [1, 2, 3, 4, 5] }) }, synapses });
    expect([...build(each, 1).populations[1].initial]).toEqual([1, 2, 3, 4, 5]);
  });

  it('carries rules, delays and ends', () => {
    const [recurrent, readout] = built.groups;
    expect([recurrent.name, recurrent.from.name, recurrent.to.name, recurrent.delay]).toEqual([
      'recurrent',
      'h',
      'h',
      1,
    ]);
    expect([readout.name, readout.from.name, readout.to.name, readout.delay]).toEqual(['readout', 'h', 'y', 0]);
    expect([recurrent.rule?.name, readout.rule?.name]).toEqual(['rflo', 'delta']);
    expect('rule' in group(1, 1)).toBe(false);
  });

  it('lays a matrix out by rows: postsynaptic, then presynaptic', () => {
    const weights = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const { groups } = build(
      circuit({ neurons: { x: input(2), y: linear(3) }, synapses: { in: { from: 'x', to: 'y', weights } } }),
      1,
    );
    expect([...groups[0].weights]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...groups[0].pre]).toEqual([0, 1, 0, 1, 0, 1]);
    expect([...groups[0].rowStart]).toEqual([0, 2, 4, 6]);
  });

  it('takes only the joined entries of a matrix', () => {
    const connect = mask([
      [0, 1],
      [0, 0],
      [1, 1],
    ]);
    const weights = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const { groups } = build(
      circuit({ neurons: { x: input(2), y: linear(3) }, synapses: { in: { from: 'x', to: 'y', weights, connect } } }),
      1,
    );
    expect([...groups[0].weights]).toEqual([2, 5, 6]);
    expect([...groups[0].pre]).toEqual([1, 0, 1]);
    expect([...groups[0].rowStart]).toEqual([0, 1, 1, 3]);
  });

  it('joins neurons of the same number, one to one', () => {
    const { groups } = build(
      circuit({
        neurons: { x: input(3), y: linear(3) },
        synapses: { in: { from: 'x', to: 'y', weights: constant(2), connect: oneToOne() } },
      }),
      1,
    );
    expect([[...groups[0].weights], [...groups[0].pre], [...groups[0].rowStart]]).toEqual([
      [2, 2, 2],
      [0, 1, 2],
      [0, 1, 2, 3],
    ]);
  });

  it('lays feedback out by rows: receiving neuron, then output neuron', () => {
    const weights = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const { feedback: built } = build(
      circuit({
        neurons: { h: linear(2), y: linear(3) },
        synapses: { out: { from: 'h', to: 'y', weights: constant(0) } },
        feedback: { error: { from: 'y', to: 'h', weights } },
      }),
      1,
    );
    expect([...built[0].weights]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('the seed', () => {
  const weightsOf = (definition: Parameters<typeof circuit>[0], seed: number) => {
    const { groups, feedback: back } = build(circuit(definition), seed);
    return new Map([...groups, ...back].map(({ name, weights }) => [name, [...weights]]));
  };
  const alone = weightsOf({ neurons, synapses, feedback }, 1);

  it('fixes every weight', () => {
    expect(weightsOf({ neurons, synapses, feedback }, 1)).toEqual(alone);
    expect(alone.get('recurrent')?.slice(0, 2)).toEqual([-0.4317890905123065, -0.4642702046358369]);
  });

  it('gives others for another seed, and for another name', () => {
    const other = weightsOf({ neurons, synapses, feedback }, 2);
    for (const [name, weights] of alone) {
      expect(other.get(name)?.filter((weight) => weights.includes(weight))).toEqual([]);
    }
    const { recurrent, readout } = synapses;
    const renamed = weightsOf({ neurons, synapses: { loop: recurrent, readout }, feedback }, 1);
    expect(renamed.get('loop')).not.toEqual(alone.get('recurrent'));
    expect(renamed.get('readout')).toEqual(alone.get('readout'));
  });

  it("changes no other group's weights when a group or a feedback is added, before or after", () => {
    const sparse = { from: 'x', to: 'h', weights: normal(), connect: probability(0.5) } as const;
    const more = weightsOf(
      {
        neurons: { z: linear(7), ...neurons },
        synapses: { first: sparse, ...synapses, last: { from: 'h', to: 'z', weights: normal() } },
        feedback: { other: { from: 'z', to: 'h', weights: normal() }, ...feedback },
      },
      1,
    );
    for (const [name, weights] of alone) expect(more.get(name)).toEqual(weights);
    expect(more.size).toBe(alone.size + 3);
  });

  it('draws who is joined apart from the weights', () => {
    const dense = group(4, 6, probability(1));
    expect(dense.weights).toEqual(group(4, 6).weights);
  });

  it('draws a group and a feedback of one name apart', () => {
    const { groups, feedback: back } = build(
      circuit({
        neurons: { h: linear(3), y: linear(3) },
        synapses: { same: { from: 'h', to: 'y', weights: normal() } },
        feedback: { same: { from: 'y', to: 'h', weights: normal() } },
      }),
      1,
    );
    expect([...groups[0].weights]).not.toEqual([...back[0].weights]);
  });
});

describe('connectivity', () => {
  it('is all with all by default', () => {
    expect(pairs(group(2, 3))).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
  });

  it('joins none at probability 0 and all at 1', () => {
    expect(pairs(group(4, 5, probability(0)))).toEqual([]);
    expect(pairs(group(4, 5, probability(1)))).toHaveLength(20);
  });

  it('joins the share of the probability, the same for one seed and another for another', () => {
    const joined = group(200, 200, probability(0.1));
    // Binomial(40000, 0.1): standard deviation 60.
    expect(Math.abs(joined.pre.length - 4000)).toBeLessThan(4 * 60);
    expect(group(200, 200, probability(0.1)).pre).toEqual(joined.pre);
    expect(group(200, 200, probability(0.1), 2).pre).not.toEqual(joined.pre);
  });

  it('has autapses within a population unless they are refused, and between two populations none to refuse', () => {
    const all = probability(1, { autapses: false });
    expect(pairs(within(4, all)).filter(([i, j]) => i === j)).toEqual([]);
    expect(pairs(within(4, all))).toHaveLength(12);
    expect(pairs(within(4, probability(1)))).toHaveLength(16);
    expect(pairs(group(4, 4, all))).toHaveLength(16);
  });

  it('without autapses joins the others as it does with them', () => {
    const others = (connect: Connectivity) => pairs(within(20, connect)).filter(([i, j]) => i !== j);
    expect(others(probability(0.3, { autapses: false }))).toEqual(others(probability(0.3)));
  });

  const size = fc.integer({ min: 1, max: 7 });
  const anyMask = fc.tuple(size, size).chain(([rows, columns]) =>
    fc.array(
      fc.array(fc.constantFrom<(boolean | 0 | 1)[]>(true, false, 0, 1), { minLength: columns, maxLength: columns }),
      {
        minLength: rows,
        maxLength: rows,
      },
    ),
  );

  it('joins exactly what a mask says', () => {
    fc.assert(
      fc.property(anyMask, (rows) => {
        const expected = rows.flatMap((row, i) => row.flatMap((entry, j) => (entry ? [[i, j]] : [])));
        expect(pairs(group(rows.length, rows[0].length, mask(rows)))).toEqual(expected);
      }),
    );
  });

  it('is in compressed rows, each ascending and without doubles, a weight for each synapse', () => {
    fc.assert(
      fc.property(size, size, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer(), (rows, columns, p, seed) => {
        const { rowStart, pre, weights } = group(rows, columns, probability(p), seed);
        expect(rowStart).toHaveLength(rows + 1);
        expect(rowStart[0]).toBe(0);
        expect(rowStart[rows]).toBe(pre.length);
        expect(weights).toHaveLength(pre.length);
        expect(weights.every(Number.isFinite)).toBe(true);
        for (let i = 0; i < rows; i++) {
          const row = [...pre.slice(rowStart[i], rowStart[i + 1])];
          expect(row).toEqual([...new Set(row)].sort((a, b) => a - b));
          expect(row.every((j) => j >= 0 && j < columns)).toBe(true);
        }
      }),
    );
  });
});
