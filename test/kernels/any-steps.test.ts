import { beforeAll, describe, expect, it } from 'vitest';
import {
  build,
  circuit,
  probability,
  Timestep,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type PartialDerivative,
  type Row,
  type RowKind,
  type Source,
  type Step,
} from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { bpttLearner, rtrlLearner, type KernelLearner, type Reference } from '../../src/kernels/learners.ts';
import { Machine } from '../../src/kernels/machine.ts';
import { Graph, tanh, type Value } from '../../src/local/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { expectBits } from '../support/agreement.ts';
import { randomTrial } from '../support/random-circuit.ts';

beforeAll(loadKernels);

/**
 * Neurons with two dendritic ports and two state variables, which no model can say yet:
 *
 *     b(t) = W_x x(t) + W_late z(t-2),   c(t) = W_apical z(t-1)
 *     v(t) = 0.8 v(t-1) + 0.3 b(t) + 0.2 tanh(c(t)) - 0.1 a(t-1),   z = tanh(v),   a(t) = 0.9 a(t-1) + 0.5 z(t)
 *     y(t) = 0.5 y(t-1) + W_out z(t)
 */
function compartments(size: number): { readonly built: BuiltCircuit; readonly reference: Reference } {
  const weights = normal({ sd: 0.7 });
  const built = build(
    circuit({
      neurons: { x: input(3), h: leakyTanh(size, { initial: 0.3 }), y: linear(2) },
      synapses: {
        basal: { from: 'x', to: 'h', weights },
        apical: { from: 'h', to: 'h', weights, delay: 1 },
        late: { from: 'h', to: 'h', weights, delay: 2, connect: probability(0.4) },
        out: { from: 'h', to: 'y', weights },
      },
    }),
    size,
  );
  const [basal, apical, late, out] = built.groups;
  const [x, h, y] = ['x', 'h', 'y'].map((name) => built.populations.find((one) => one.name === name) ?? failed(name));
  const row = (population: BuiltPopulation, name: string, kind: RowKind, initial?: Float64Array): Row => ({
    ...{ population, name, kind, initial: initial ?? new Float64Array(population.size) },
  });
  const rows = {
    x: row(x, 'x', 'message'),
    b: row(h, 'b', 'port'),
    c: row(h, 'c', 'port'),
    v: row(h, 'v', 'state', h.initial),
    z: row(h, 'z', 'message', h.initial),
    a: row(h, 'a', 'state'),
    dz: row(h, 'dz', 'shown'),
    dc: row(h, 'dc', 'shown'),
    drive: row(y, 'drive', 'port'),
    y: row(y, 'y', 'message'),
    e: row(y, 'e', 'error'),
    signal: row(y, 'signal', 'signal'),
  };
  const g = new Graph();
  const read = (name: string) => g.read(name, 'own state');
  const times = (a: number, b: Value) => g.arithmetic('*', g.constant(a), b);
  const plus = (...parts: readonly Value[]) => parts.reduce((sum, part) => g.arithmetic('+', sum, part));
  const tanhC = g.call('tanh', [read('c')]);
  const oneMinusSquare = (value: Value) => g.arithmetic('-', g.constant(1), g.arithmetic('*', value, value));
  const from = (of: Row, lateBy = 0): Source => ({ kind: 'row', row: of, late: lateBy });
  const integrate = { phase: 'integrate' } as const;
  const learnt = [basal, apical, late, out];
  const steps: readonly Step[] = [
    {
      ...{ do: 'compute', stage: { phase: 'tick' }, population: x, results: [{ row: rows.x, value: read('input') }] },
      reads: new Map<string, Source>([['input', { kind: 'input', channel: 0 }]]),
    },
    {
      ...{ do: 'sum', stage: { phase: 'transmit' }, population: h, into: rows.b },
      terms: [
        { weights: basal, row: rows.x, late: 0 },
        { weights: late, row: rows.z, late: 2 },
      ],
    },
    {
      ...{ do: 'sum', stage: { phase: 'transmit' }, population: h, into: rows.c },
      terms: [{ weights: apical, row: rows.z, late: 1 }],
    },
    {
      ...{ do: 'compute', stage: integrate, population: h },
      results: [
        {
          row: rows.v,
          value: plus(times(0.8, read('v')), times(0.3, read('b')), times(0.2, tanhC), times(-0.1, read('a'))),
        },
        { row: rows.z, value: g.call('tanh', [read('new v')]) },
        { row: rows.a, value: plus(times(0.9, read('a')), times(0.5, read('new z'))) },
        { row: rows.dz, value: oneMinusSquare(read('new z')) },
        { row: rows.dc, value: times(0.2, oneMinusSquare(tanhC)) },
      ],
      reads: new Map([
        ['v', from(rows.v, 1)],
        ['a', from(rows.a, 1)],
        ['b', from(rows.b)],
        ['c', from(rows.c)],
        ['new v', from(rows.v)],
        ['new z', from(rows.z)],
      ]),
    },
    {
      do: 'sum',
      stage: { phase: 'transmit' },
      population: y,
      into: rows.drive,
      terms: [{ weights: out, row: rows.z, late: 0 }],
    },
    {
      ...{ do: 'compute', stage: integrate, population: y },
      results: [{ row: rows.y, value: plus(times(0.5, read('y')), read('drive')) }],
      reads: new Map([
        ['y', from(rows.y, 1)],
        ['drive', from(rows.drive)],
      ]),
    },
    {
      ...{ do: 'compute', stage: { phase: 'compare' }, population: y },
      results: [{ row: rows.e, value: g.arithmetic('-', read('target'), read('y')) }],
      reads: new Map<string, Source>([
        ['y', from(rows.y)],
        ['target', { kind: 'target', channel: 0 }],
      ]),
    },
    { do: 'score', stage: { phase: 'compare' }, population: y, row: rows.e },
    { do: 'sum', stage: { phase: 'broadcast' }, population: y, into: rows.signal, start: rows.e, terms: [] },
    ...learnt.map(
      (group) => ({ do: 'learn', stage: { phase: 'learn' }, group, reads: new Map<string, Source>() }) as const,
    ),
  ];
  const partials: readonly PartialDerivative[] = [
    { of: rows.v, by: rows.v, late: 1, value: 0.8 },
    { of: rows.v, by: rows.b, late: 0, value: 0.3 },
    { of: rows.v, by: rows.c, late: 0, value: rows.dc },
    { of: rows.v, by: rows.a, late: 1, value: -0.1 },
    { of: rows.z, by: rows.v, late: 0, value: rows.dz },
    { of: rows.a, by: rows.a, late: 1, value: 0.9 },
    { of: rows.a, by: rows.z, late: 0, value: 0.5 },
    { of: rows.y, by: rows.y, late: 1, value: 0.5 },
    { of: rows.y, by: rows.drive, late: 0, value: 1 },
  ];
  const brings = (group: BuiltGroup, of: Row, lateBy: number, into: Row) => ({ group, row: of, late: lateBy, into });
  const connections = [
    brings(basal, rows.x, 0, rows.b),
    brings(apical, rows.z, 1, rows.c),
    brings(late, rows.z, 2, rows.b),
    brings(out, rows.z, 0, rows.drive),
  ];
  const timestep = Object.assign(new Timestep(built, { feedback: [], signalled: () => false }), {
    ...{ rows: Object.values(rows), steps, partials, connections, history: 2 },
    signals: new Map([[rows.y, rows.signal]]),
    constants: new Map<Row, number>(),
  });
  return { built, reference: { timestep, feedback: [], carrying: connections.slice(1), rateOf: () => 1 } };
}

/** The same, neuron by neuron: the loss of a trial. */
function lossOf(
  { groups }: BuiltCircuit,
  weights: readonly Float64Array[],
  { timesteps, input: xs, target }: Trial,
): number {
  const [, , late] = groups;
  const size = late.to.size;
  let [v, a, ys, squares] = [late.to.initial, new Float64Array(size), new Float64Array(2), 0];
  const sent = [late.to.initial, late.to.initial];
  for (let t = 0; t < timesteps; t++) {
    const product = (g: number, values: Float64Array, i: number, start = 0) => {
      const { rowStart, pre } = groups[g];
      let sum = start;
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) sum += weights[g][k] * values[pre[k]];
      return sum;
    };
    const x = xs.subarray(3 * t, 3 * t + 3);
    const [before, earlier] = sent;
    v = v.map((old, i) => {
      const b = product(2, earlier, i, product(0, x, i));
      return 0.8 * old + 0.3 * b + 0.2 * tanh(product(1, before, i)) + -0.1 * a[i];
    });
    const z = v.map(tanh);
    a = a.map((old, i) => 0.9 * old + 0.5 * z[i]);
    ys = ys.map((old, i) => 0.5 * old + product(3, z, i));
    for (let k = 0; k < 2; k++) squares += (target[2 * t + k] - ys[k]) ** 2;
    sent.unshift(z);
  }
  return (squares * (1 / timesteps)) / 2;
}

describe.each([4, 5, 26])('any rows and steps, %i neurons with two ports and two state variables:', (size) => {
  const { built, reference } = compartments(size);
  const { timesteps, input: x, target } = randomTrial(built, 12, 3);
  const trial = { timesteps, input: x, target: target.map((one) => (Number.isNaN(one) ? 0 : one)) };
  const weights = built.groups.map((group) => group.weights);

  const learned = (learner: KernelLearner) => {
    const machine = new Machine(built, 'f64', learner);
    machine.give(trial);
    expect(machine.exports.trial(timesteps, 1, timesteps)).toBe(0);
    const loss = (machine.exports.squares.value * (1 / timesteps)) / 2;
    return { loss, changes: built.groups.map((group, g) => machine.weightsOf(group).map((w, k) => w - weights[g][k])) };
  };
  const ways = {
    bptt: () => learned(bpttLearner(reference)),
    rtrl: () => learned(rtrlLearner(reference, { schedule: 'trial' })),
  };

  it.each(Object.entries(ways))('the loss has every bit, %s', (_, learn) => {
    expectBits('loss', Float64Array.of(learn().loss), Float64Array.of(lossOf(built, weights, trial)));
  });

  it.each(Object.entries(ways))('the gradient is that of the loss, by finite differences: %s', (_, learn) => {
    const { changes } = learn();
    changes.forEach((of, g) => {
      of.forEach((change, k) => {
        const step = 1e-5;
        const [up, down] = [step, -step].map((by) =>
          lossOf(built, weights.with(g, weights[g].with(k, weights[g][k] + by)), trial),
        );
        expect(Math.abs(change + (up - down) / (2 * step)), `${built.groups[g].name} ${k}`).toBeLessThan(1e-8);
      });
      expect(of.some((change) => Math.abs(change) > 1e-3)).toBe(true);
    });
  });

  it('both ways give the same gradient', () => {
    const [back, forth] = [ways.bptt(), ways.rtrl()];
    back.changes.forEach((of, g) => {
      of.forEach((change, k) => {
        expect(Math.abs(change - forth.changes[g][k])).toBeLessThan(1e-13 * Math.max(1, Math.abs(change)));
      });
    });
  });
});

function failed(name: string): never {
  throw new Error(`there is no population '${name}'`);
}
