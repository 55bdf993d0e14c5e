import { beforeAll, describe, expect, it } from 'vitest';
import { circuit, type Engine } from '../../src/circuit/index.ts';
import { fromNir, toNir, type FromNirOptions, type NirGraph, type NirValue } from '../../src/exchange/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { cubaLif, input, leakyReadout, resettingLif } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { refusal } from '../refusal.ts';
import { bothEngines, byTrial, played, watch } from '../support/dialled.ts';
import { graphOf, inputOf, node, outputOf } from './graphs.ts';

beforeAll(loadKernels);

const T = 30;
const DT = 1e-3;

/** Input that changes in every timestep, [T][channels]. */
const inputs = (channels: number): readonly number[] => {
  const random = stream(3, 'input', channels);
  return Array.from({ length: T * channels }, () => 3 * random());
};

const rows = (values: readonly number[], width: number) =>
  Array.from({ length: T }, (_, t) => values.slice(t * width, (t + 1) * width));

/** What the last of the outputs' populations sends, on both engines, which have the same bits. */
function run(graph: NirGraph, channels: number, options: FromNirOptions = {}) {
  const { neurons, synapses, outputs } = fromNir(graph, { dt: DT, ...options });
  const made = circuit({ neurons, synapses, outputs });
  const [output] = outputs;
  const { size, model } = made.neurons[output];
  const [value] = Object.values(model?.messages ?? {});
  const trial = played(inputs(channels), T, size);
  const [actors, kernels] = Object.values(bothEngines(made, byTrial)).map((engine: Engine) =>
    watch(engine, trial, { neurons: output, value }),
  );
  expect(kernels).toEqual(actors);
  return actors;
}

/** The equations as the paper has them, neuron by neuron: integrate, compare, reset. */
function reference(
  options: { method: 'exact' | 'euler' },
  neuron: { tau?: number; r: number; leak?: number; threshold?: number; reset?: number; tauSyn?: number; wIn?: number },
  current: (t: number) => number,
): readonly number[] {
  const decay = (tau: number) => (options.method === 'exact' ? Math.exp(-DT / tau) : 1 - DT / tau);
  const { tau, r, leak = 0, threshold = Infinity, reset = 0, tauSyn, wIn = 1 } = neuron;
  let [v, i] = [0, 0];
  return Array.from({ length: T }, (_, t) => {
    const alpha = tauSyn === undefined ? 0 : decay(tauSyn);
    i = alpha * i + (1 - alpha) * wIn * current(t);
    v = tau === undefined ? v + DT * r * i : decay(tau) * v + (1 - decay(tau)) * (leak + r * i);
    if (threshold === Infinity) return v;
    const spikes = v > threshold;
    if (spikes) v = reset;
    return spikes ? 1 : 0;
  });
}

const only = (answer: readonly (readonly number[])[]) => answer.map(([value]) => value);
const closeTo = (got: readonly number[], expected: readonly number[]) => {
  got.forEach((value, t) => {
    expect(value).toBeCloseTo(expected[t], 12);
  });
};

describe('a graph of another tool', () => {
  const x = rows(inputs(2), 2);
  const W = [[0.5, -0.2]];
  const drive = (t: number) => 0.5 * x[t][0] - 0.2 * x[t][1];
  const single = (type: string, fields: Parameters<typeof node>[1]) =>
    graphOf(
      { in: inputOf(2), w: node('Linear', { weight: W }), n: node(type, fields), out: outputOf(1) },
      'in > w > n > out',
    );

  it.each(['exact', 'euler'] as const)('spikes and decays as its equations say (%s)', (method) => {
    const lif = { tau: 0.008, r: 2, leak: 0.1, threshold: 0.7, reset: -0.2 };
    const LIF = { tau: [0.008], r: [2], v_leak: [0.1], v_threshold: [0.7], v_reset: [-0.2] };
    const spikes = only(run(single('LIF', LIF), 2, { method }));
    expect(spikes).toEqual(reference({ method }, lif, drive));
    expect(new Set(spikes)).toEqual(new Set([0, 1]));
    const cuba = only(run(single('CubaLIF', { ...LIF, tau_mem: [0.008], tau_syn: [0.003], w_in: [1.5] }), 2, { method })); // prettier-ignore
    expect(cuba).toEqual(reference({ method }, { ...lif, tauSyn: 0.003, wIn: 1.5 }, drive));
    expect(cuba).toContain(1);
    closeTo(only(run(single('LI', { tau: [0.01], r: [3], v_leak: [0] }), 2, { method })), reference({ method }, { tau: 0.01, r: 3 }, drive)); // prettier-ignore
    closeTo(only(run(single('LI', { tau: [0.01], r: [3], v_leak: [0.5] }), 2, { method })), reference({ method }, { tau: 0.01, r: 3, leak: 0.5 }, drive)); // prettier-ignore
    closeTo(
      only(run(single('CubaLI', { tau_mem: [0.01], tau_syn: [0.004], r: [3], v_leak: [0.5], w_in: [2] }), 2, { method })), // prettier-ignore
      reference({ method }, { tau: 0.01, tauSyn: 0.004, r: 3, leak: 0.5, wIn: 2 }, drive),
    );
    closeTo(only(run(single('I', { r: [100] }), 2, { method })), reference({ method }, { r: 100 }, drive));
    expect(only(run(single('IF', { r: [400], v_threshold: [1] }), 2, { method }))).toEqual(
      reference({ method }, { r: 400, threshold: 1 }, drive),
    );
  });

  it('a threshold is passed by more than itself', () => {
    const graph = graphOf(
      {
        in: inputOf(1),
        n: node('Threshold', { threshold: [0] }),
        w: node('Linear', { weight: [[0]] }),
        out: outputOf(1),
      },
      'in > w > n > out',
    );
    expect(new Set(only(run(graph, 1)))).toEqual(new Set([0]));
  });

  it('maps one after another are one group, biases are added, and parallel edges summed', () => {
    const graph = graphOf(
      {
        in: inputOf(2),
        a: node('Affine', { weight: [[1, 2], [3, 4], [5, 6]], bias: [0.1, 0.2, 0.3] }), // prettier-ignore
        s: node('Scale', { scale: [2, 1, 1] }),
        b: node('Linear', { weight: [[1, -1, 1]] }),
        c: node('Linear', { weight: [[0, 1]] }),
        f: node('Flatten', { start_dim: 0, end_dim: -1 }),
        out: outputOf(1),
      },
      'in > a > s > b > out',
      'in > c > f > out',
    );
    const { synapses } = fromNir(graph, { dt: DT });
    expect(Object.keys(synapses)).toEqual(['a_b', 'c']);
    closeTo(only(run(graph, 2)), x.map(([p, q]) => 2 * (p + 2 * q + 0.1) - (3 * p + 4 * q + 0.2) + 5 * p + 6 * q + 0.3 + q)); // prettier-ignore
  });

  it('delays are of neurons, before or after a map, and what closes a loop is late by one timestep more', () => {
    const leak = { tau: [1e-6], r: [1], v_leak: [0] };
    const graph = graphOf(
      {
        in: inputOf(2),
        before: node('Delay', { delay: [0, 0.002] }),
        w: node('Linear', { weight: W }),
        after: node('Delay', { delay: [0.003] }),
        n: node('LI', leak),
        loop: node('Linear', { weight: [[0.5]] }),
        out: outputOf(1),
      },
      'in > before > w > after > n > out',
      'n > loop > n',
    );
    const [y, at] = [[] as number[], (t: number, k: number) => (t < 0 ? 0 : x[t][k])];
    for (let t = 0; t < T; t++) y.push(0.5 * at(t - 3, 0) - 0.2 * at(t - 5, 1) + 0.5 * (y[t - 1] ?? 0));
    closeTo(only(run(graph, 2)), y);
  });

  it('graphs in graphs are taken apart, and neurons may be joined without a map', () => {
    const inner = graphOf(
      { i: inputOf(2), n: node('LI', { tau: [0.01, 0.02], r: [1, 1], v_leak: [0, 0] }), o: outputOf(2) },
      'i > n > o',
    );
    const graph = graphOf({ in: inputOf(2), sub: inner, out: outputOf(2) }, 'in > sub > out');
    const { neurons, synapses, outputs } = fromNir(graph, { dt: DT });
    expect(Object.keys(neurons)).toEqual(['in', 'sub_n']);
    expect(outputs).toEqual(['sub_n']);
    expect(synapses['in-sub_n'].edges).toMatchObject({ from: [0, 1], to: [0, 1] });
    closeTo(run(graph, 2).map(([, second]) => second), reference({ method: 'exact' }, { tau: 0.02, r: 1 }, (t) => x[t][1])); // prettier-ignore
  });

  it('warns of a timestep that nobody gave, of delays that are rounded, and of fields that it does not know', () => {
    const graph = graphOf(
      {
        in: inputOf(1),
        d: node('Delay', { delay: [0.0014] }),
        n: node('LI', { tau: [0.1], r: [1], v_leak: [0], colour: [1] }),
        out: outputOf(1),
      },
      'in > d > n > out',
    );
    expect(fromNir(graph).warnings).toEqual([
      expect.stringMatching(/^dt: .*0\.001 s/),
      expect.stringMatching(/^nodes\.n\.colour: /),
      expect.stringMatching(/^synapses\.in-n\.delay: .*rounded, by up to 0\.400/),
    ]);
  });
});

it('warns of a bias that passes a Delay, once for each Affine, and not of one that does not', () => {
  const graph = graphOf(
    {
      in: inputOf(1),
      a: node('Affine', { weight: [[1]], bias: [1] }),
      b: node('Affine', { weight: [[1]], bias: [1] }),
      d: node('Delay', { delay: [0.003] }),
      none: node('Delay', { delay: [0] }),
      n: node('LI', { tau: [0.1], r: [1], v_leak: [0] }),
      m: node('LI', { tau: [0.1], r: [1], v_leak: [0] }),
      out: outputOf(1),
    },
    'in > a > d > n > out',
    'd > m',
    'in > b > none > n',
  );
  expect(fromNir(graph, { dt: DT }).warnings).toEqual([
    expect.stringMatching(/^nodes\.a\.bias: reaches 'n', and 1 more, through a Delay/),
  ]);
});

it('readers that know nothing of rxflo run the same network where it can be said', () => {
  const written = circuit({
    neurons: {
      x: input(2),
      h: resettingLif(5, { lambda: 0.9, gain: 0.2, rest: 0.1, theta: 0.5, bias: 0.3 }),
      g: cubaLif(4, { theta: 0.2 }),
      y: leakyReadout(1),
    },
    synapses: {
      in: { from: 'x', to: 'h', weights: normal() },
      loop: { from: 'h', to: 'h', weights: normal(), delay: 2 },
      on: { from: 'h', to: 'g', weights: normal(), delay: 1 },
      out: { from: 'g', to: 'y', weights: normal() },
    },
  });
  const { graph } = toNir(written, { dt: DT });
  const bare = new Map([...graph.nodes].map(([name, each]) => [name, { ...each, metadata: new Map() }]));
  const trial = played(inputs(2), T, 1);
  const answer = watch(bothEngines(written, byTrial).kernels, trial, { neurons: 'y', value: 'y' });
  expect(new Set(only(answer)).size).toBeGreaterThan(10);
  closeTo(only(run({ ...graph, nodes: bare, metadata: new Map() }, 2)), only(answer));
});

describe('a graph that no circuit can be is refused:', () => {
  const lif = { tau: [0.01], r: [1], v_leak: [0], v_threshold: [1] };
  const w = node('Linear', { weight: [[1]] });
  const base = { in: inputOf(1), w, n: node('LIF', lif), out: outputOf(1) };
  const way = 'in > w > n > out';
  it.each([
    ['a convolution', graphOf({ ...base, w: node('Conv2d') }, way), /^nodes\.w: 'Conv2d' is not a type .*unroll/],
    ['an unknown node', graphOf({ ...base, w: node('Magic') }, way), /^nodes\.w: 'Magic' is not a type/],
    ['a missing parameter', graphOf({ ...base, n: node('LIF', { tau: [1] }) }, way), /^nodes\.n: has no 'r'/],
    ['NaN', graphOf({ ...base, n: node('LIF', { ...lif, r: [NaN] }) }, way), /^nodes\.n\.r\[0\]: NaN is not/],
    ['no time constant', graphOf({ ...base, n: node('LIF', { ...lif, tau: [0] }) }, way), /^nodes\.n\.tau\[0\]: 0 is/],
    ['sizes that do not fit', graphOf({ ...base, in: inputOf(2) }, way), /^nodes\.in -> w: brings 2 values .* takes 1/],
    ['lengths that differ', graphOf({ ...base, n: node('LIF', { ...lif, tau: [1, 1], r: [1, 1, 1] }) }, way), /^nodes\.\w+(\.tau: has 2| -> n: brings)/], // prettier-ignore
    [
      'a vector of weights',
      graphOf({ ...base, w: node('Linear', { weight: [1] }) }, way),
      /^nodes\.w\.weight: .*\[1\]/,
    ],
    [
      'a loop without neurons',
      graphOf({ ...base, v: w }, way, 'w > v > w'),
      /^nodes\.\w: lies in a loop without neurons/,
    ],
    ['no output', graphOf({ in: base.in, w, n: base.n }, 'in > w > n'), /^nodes: none of them is an Output/],
    ['a negative delay', graphOf({ ...base, w: node('Delay', { delay: [-1] }) }, way), /^nodes\.w\.delay\[0\]: -1/],
    [
      'an endless delay',
      graphOf({ ...base, w: node('Delay', { delay: [1e9] }) }, way),
      /delay: is 1000000000000 timesteps of .*; expected 33554432 or fewer/,
    ],
    ['an edge to an input', graphOf(base, way, 'w > in'), /^nodes\.in: is an Input/],
    [
      'an edge to nowhere',
      graphOf(base, way, 'w > nowhere'),
      /^edges\[3\]: 'nowhere' is not a node; expected 'in', 'w'/,
    ],
    ['an edge from nowhere', graphOf(base, way, 'nowhere > w'), /^edges\[3\]: 'nowhere' is not a node/],
    ['an edge to nowhere in a graph in it', graphOf({ ...base, sub: graphOf(base, way, 'w > nowhere') }, way), /^nodes\.sub\.edges\[3\]: 'nowhere'/], // prettier-ignore
    ['an edge from an output', graphOf(base, way, 'out > n'), /^nodes\.out: is an Output/],
    ['an edge from an output in a graph in it', graphOf({ ...base, sub: graphOf(base, way, 'out > n') }, way), /^nodes\.sub\.out: is an Output/], // prettier-ignore
    ['fewer numbers than its shape says', graphOf({ ...base, w: { ...w, fields: new Map([['weight', { shape: [1, 1], values: new Float64Array(0) }]]) } }, way), /^nodes\.w\.weight: has the shape \[1, 1\] and 0 numbers/], // prettier-ignore
    ['no shape', graphOf({ ...base, in: node('Input', { shape: [0] }) }, way), /^nodes\.in\.shape: gives 0/],
  ])('%s', (_, graph, message) => {
    expect(refusal(() => fromNir(graph, { dt: DT }))).toMatch(message);
  });

  it.each<[string, NirValue, RegExp]>([
    [
      'rxflo_format',
      { shape: [], texts: ['rxflo-nir/9'] },
      /^metadata\.rxflo_format: expected 'rxflo-nir\/1', got 'rxflo-nir\/9'/,
    ],
    ['rxflo_format', { shape: [], values: Float64Array.of(1) }, /^metadata\.rxflo_format: /],
    [
      'rxflo_method',
      { shape: [], texts: ['heun'] },
      /^metadata\.rxflo_method: expected 'exact' or 'euler', got 'heun'/,
    ],
    ['rxflo_dt', { shape: [], values: Float64Array.of(-1) }, /^metadata\.rxflo_dt: -1 is not/],
    ['rxflo_dt', { shape: [], texts: ['1 ms'] }, /^metadata\.rxflo_dt: /],
  ])('metadata that this rxflo does not know: %s %j', (name, value, message) => {
    const graph = { ...graphOf(base, way), metadata: new Map([[name, value]]) };
    expect(refusal(() => fromNir(graph))).toMatch(message);
  });

  it('too many ways', () => {
    const nodes = Object.fromEntries(Array.from({ length: 30 }, (_, k) => [`s${k}`, node('Scale', { scale: [1] })]));
    const ladder = Array.from({ length: 29 }, (_, k) => [`s${k} > s${k + 1}`, `s${k} > s${k + 1}`]).flat();
    const graph = graphOf({ ...base, ...nodes }, 'in > s0', ...ladder, 's29 > n > out');
    expect(refusal(() => fromNir(graph, { dt: DT }))).toMatch(/more than 10000 paths/);
  });

  it('a timestep too long for its time constants, by Euler', () => {
    const graph = graphOf(base, way);
    expect(refusal(() => fromNir(graph, { dt: 0.1, method: 'euler' }))).toMatch(/^nodes\.n\.tau\[0\]: 0\.01 is not/);
  });
});
