import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit, type Circuit } from '../../src/circuit/index.ts';
import { fromNir, toNir } from '../../src/exchange/index.ts';
import { contentOf, isWhole } from '../../src/exchange/content.ts';
import { graphIn } from '../../src/exchange/graph.ts';
import { hdf5Bytes, readHdf5 } from '../../src/exchange/hdf5.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import {
  alif,
  cubaLi,
  cubaLif,
  input,
  leakyReadout,
  leakyTanh,
  lif,
  linear,
  resettingLif,
  type Population,
} from '../../src/neurons/index.ts';
import { integers, normal, uniform } from '../../src/random/index.ts';
import { eprop } from '../../src/rules/index.ts';
import { probability } from '../../src/circuit/index.ts';
import { refusal } from '../refusal.ts';

beforeAll(loadKernels);

/** All numbers of a circuit, as they are built. */
function numbersOf(circuit: Circuit, seed: number) {
  const { populations, groups, outputs } = build(circuit, seed);
  const full = (value: number | Float64Array, size: number) =>
    typeof value === 'number' ? new Array<number>(size).fill(value) : [...value];
  return {
    populations: populations.map(({ name, size, model, params, rows }) => ({
      ...{ name, size, model: model?.name },
      params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, full(value, size)])),
      rows: Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, [...row]])),
    })),
    groups: groups.map(({ name, from, to, delay, pre, rowStart, weights }) => ({
      ...{ name, from: from.name, to: to.name, delay },
      ...{ pre: [...pre], rowStart: [...rowStart], weights: [...weights] },
    })),
    outputs: outputs.map(({ name }) => name),
  };
}

/** What comes back of a circuit, through the bytes of a file. */
async function back(written: Circuit, options: Parameters<typeof toNir>[1]) {
  const { graph, warnings } = toNir(written, options);
  const bytes = await hdf5Bytes('x.nir', contentOf(graph), isWhole);
  const { neurons, synapses, outputs, ...read } = fromNir(graphIn('x.nir', await readHdf5('x.nir', bytes)));
  return { circuit: circuit({ neurons, synapses, outputs }), warnings, read: read.warnings };
}

const decay = fc.constantFrom(0, 0.3, 0.9, 1, 1 - 2 ** -30);
const below1 = fc.constantFrom(0, 0.1, 0.95);
const number = fc.double({ min: -2, max: 2, noNaN: true });

/** Hidden neurons of every kind that can be said in NIR. */
const hidden: fc.Arbitrary<(size: number) => Population> = fc.oneof(
  fc
    .record({ lambda: decay, gain: number, theta: number, refractory: fc.nat(3) })
    .map((params) => (size: number) => lif(size, params)),
  fc
    .record({ lambda: below1, beta: number })
    .map((params) => (size: number) => alif(size, { ...params, theta: uniform(0.5, 1), initial: { v: 0.25 } })),
  fc
    .record({ lambda: decay, gain: number, rest: number, theta: number, reset: number })
    .map((params) => (size: number) => resettingLif(size, params.lambda === 1 ? { ...params, rest: 0 } : params)),
  fc
    .record({ alpha: below1, lambda: below1, enters: number, gain: number, rest: number, reset: number, bias: number })
    .map((params) => (size: number) => cubaLif(size, params)),
  fc
    .record({ alpha: below1, kappa: below1, enters: fc.constantFrom(1, 0.5), gain: number, bias: number })
    .map((params) => (size: number) => cubaLi(size, params)),
  fc.record({ kappa: decay, gain: number }).map((params) => (size: number) => leakyReadout(size, params)),
  fc.constant((size: number) => linear(size)),
);

const anyCircuit = fc
  .record({
    h: hidden,
    g: hidden,
    y: fc.constantFrom<(size: number) => Population>(leakyReadout, linear),
    sizes: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    delays: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(2), fc.integer({ min: 1, max: 2 })),
    dense: fc.constantFrom(1, 0.5),
  })
  .map(({ h, g, y, sizes: [m, n], delays, dense }) =>
    circuit({
      neurons: { b: h(m), x: input(2), a: g(n), y: y(2), 'a-2': linear(1), z: input(1) },
      synapses: {
        late: { from: 'z', to: 'a-2', weights: normal(), delay: 2 },
        x: { from: 'x', to: 'b', weights: normal(), rule: eprop() },
        loop: { from: 'b', to: 'b', weights: normal(), delay: delays[0], connect: probability(dense) },
        on: { from: 'b', to: 'a', weights: normal(), delay: delays[1], connect: probability(dense) },
        back: { from: 'a', to: 'b', weights: normal(), delay: delays[2] },
        first: { from: 'a', to: 'y', weights: normal() },
        second: { from: 'b', to: 'y', weights: normal() },
      },
      outputs: ['y', 'a-2'],
    }),
  );

describe('what is written as NIR', () => {
  it('comes back with every bit, in the same order, whatever the timestep and the method', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyCircuit,
        fc.constantFrom(1e-3, 0.1, 1),
        fc.constantFrom('exact', 'euler'),
        async (c, dt, method) => {
          const returned = await back(c, { seed: 7, dt, method });
          expect(numbersOf(returned.circuit, 8)).toEqual(numbersOf(c, 7));
          expect(returned.read).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('warns of what NIR cannot say', () => {
    const { warnings } = toNir(
      circuit({
        neurons: { x: input(2), h: lif(3, { refractory: 2 }), a: alif(2), y: leakyReadout(1, { initial: { y: 1 } }) },
        synapses: {
          in: { from: 'x', to: 'h', weights: normal(), rule: eprop(), bounds: [-1, 1], gate: { from: 'x' } },
          on: { from: 'h', to: 'a', weights: normal() },
          back: { from: 'a', to: 'h', weights: normal(), delay: 1 },
          out: { from: 'a', to: 'y', weights: normal() },
        },
        axons: { x: { threshold: 0.1 } },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      }),
    );
    for (const what of [
      /^neurons\.h: .*reset, by subtraction.*refractory wait/,
      /^neurons\.a: .*reset, by subtraction.*threshold that adapts/,
      /^neurons\.y: .*the initial y of a trial/,
      /^axons\.x: .*threshold/,
      /^synapses\.in: .*gates/,
      /^synapses: .*back/,
      /^learning: .*rule e-prop of in.*dials of in.*feedback error/,
    ]) {
      expect(warnings.filter((warning) => what.test(warning))).toHaveLength(1);
    }
    expect(warnings).toHaveLength(7);
  });

  it('is refused where NIR could say too little of it', () => {
    const with_ = (h: Population, group: object = {}) =>
      circuit({
        neurons: { x: input(2), h, y: linear(1) },
        synapses: {
          in: { from: 'x', to: 'h', weights: normal(), ...group },
          out: { from: 'h', to: 'y', weights: normal() },
        },
      });
    expect(refusal(() => toNir(with_(leakyTanh(2))))).toMatch(/^neurons\.h: .*leaky-tanh/);
    expect(refusal(() => toNir(with_(lif(2), { delay: integers(1, 5) })))).toMatch(/^synapses\.in\.delay: /);
    expect(refusal(() => toNir(with_(lif(2, { lambda: [1, 0.5] }))))).toMatch(/^neurons\.h: some decay/);
    expect(refusal(() => toNir(with_(cubaLi(2, { kappa: 1 }))))).toMatch(/CubaLI: /);
    expect(refusal(() => toNir(with_(lif(2)), { dt: 0 }))).toMatch(/^toNir\.dt: 0 /);
    expect(refusal(() => toNir(with_(lif(2)), { weights: { in: [1] } }))).toMatch(/^toNir\.weights\.in: has 1 weights/);
    expect(refusal(() => toNir(with_(lif(2)), { weights: { on: [1] } }))).toMatch(/^toNir\.weights\.on: /);
    expect(refusal(() => toNir(with_(lif(2)), { weights: { in: [1, 2, NaN, 4] } }))).toMatch(
      /^toNir\.weights\.in\[2\]: NaN/,
    );
    const texts = JSON.parse('["a", 1, 1, 1]') as number[];
    expect(refusal(() => toNir(with_(lif(2)), { weights: { in: texts } }))).toMatch(/^toNir\.weights\.in\[0\]: 'a'/);
  });

  it('is written with other weights, if they are given', () => {
    const c = circuit({
      neurons: { x: input(2), y: leakyReadout(1) },
      synapses: { in: { from: 'x', to: 'y', weights: normal() } },
    });
    const { graph } = toNir(c, { weights: { in: [3, 4] } });
    expect(graph.nodes.get('in')?.fields.get('weight')).toEqual({ shape: [1, 2], values: Float64Array.of(3, 4) });
  });

  it('is another network once someone has changed its numbers, and says so', () => {
    const c = circuit({
      neurons: { x: input(1), y: lif(1) },
      synapses: { in: { from: 'x', to: 'y', weights: normal() } },
    });
    const { graph } = toNir(c);
    const [name, node] = ['y', graph.nodes.get('y')] as const;
    const fields = new Map([...(node?.fields ?? []), ['tau', { shape: [1], values: Float64Array.of(0.005) }] as const]);
    const changed = {
      ...graph,
      nodes: new Map([...graph.nodes, [name, { ...node, type: 'LIF', fields, metadata: node?.metadata ?? new Map() }]]),
    };
    const { neurons, warnings } = fromNir(changed);
    expect(neurons['y'].model?.name).toBe('resetting-lif');
    expect(warnings).toEqual([expect.stringMatching(/^nodes\.y: .*no longer/)]);
  });
});
