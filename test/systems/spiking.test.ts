import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asAlgorithm } from '../../src/algorithms/index.ts';
import { build, type BuiltCircuit, type BuiltGroup, type Engine, type Evaluation } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner } from '../../src/locality/index.ts';
import { spikingCircuit, type SpikingLearning, type SpikingNetwork } from '../../scenarios/systems/spiking.ts';

const DIRECTORY = new URL('../golden/spiking/', import.meta.url);

interface Vector {
  readonly problem: {
    readonly network: SpikingNetwork;
    readonly task: { readonly input: number[][]; readonly target: number[][] };
    readonly learning: SpikingLearning & {
      readonly algorithm: 'eprop' | 'bptt';
      readonly feedback: 'random' | 'symmetric';
      readonly schedule: 'trial' | 'online';
      readonly window: readonly [number, number];
      readonly trials: number;
    };
  };
  readonly expected: {
    readonly loss: number[];
    readonly firstTrial: { readonly events: (readonly [number, number])[] } & Readonly<
      Record<'v' | 'threshold' | 'slope' | 'y' | 'error', number[][]>
    >;
    readonly w_in: number[][];
    readonly w_rec: number[][];
    readonly w_out: number[][];
  };
  readonly tolerance: number;
}

const vectors = readdirSync(DIRECTORY)
  .filter((name) => !name.startsWith('published-'))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8')) as Vector] as const);

const ENGINES: Readonly<
  Record<string, (built: BuiltCircuit, name: string, options: Vector['problem']['learning']) => Engine>
> = {
  plain: (built, name, { schedule, feedback }) => asAlgorithm('', name).open(built, { schedule, feedback, seed: 1 }),
  kernels: (built, name, { schedule, feedback }) =>
    new KernelEngine(built, { algorithm: asAlgorithm('', name), schedule, feedback }),
};

/** What each of these publishes in the first trial. */
const WATCHED = {
  v: { neurons: 'h', value: 'v' },
  threshold: { neurons: 'h', value: 'threshold' },
  slope: { neurons: 'h', value: 'slope' },
  y: { neurons: 'y', value: 'y' },
  error: { error: 'y' },
} as const;

beforeAll(loadKernels);

/** What comes of a vector's problem where this learns it. */
function solve({ problem }: Vector, algorithm: string, open: (typeof ENGINES)[string], evaluation: Evaluation) {
  const { network, task, learning } = problem;
  const built = build(spikingCircuit(network, learning, task.input.length), 1, { evaluation });
  const engine = open(built, algorithm, learning);
  const [first, last] = learning.window;
  const target = task.target.map((row, t) => (t + 1 < first || t + 1 > last ? row.map(() => NaN) : row));
  const trial = {
    timesteps: task.input.length,
    input: Float64Array.from(task.input.flat()),
    target: Float64Array.from(target.flat()),
  };
  const read = (what: Parameters<Engine['reader']>[0]) => {
    const reader = engine.reader(what);
    return () => {
      const values = new Float64Array(reader.length);
      reader.read(values, 0);
      return [...values];
    };
  };
  const watched = Object.entries(WATCHED).map(([name, what]) => ({ name, read: read(what), seen: [] as number[][] }));
  const spikes = read({ neurons: 'h', value: 'out' });
  const events: [number, number][] = [];
  const loss = Array.from({ length: learning.trials }, (_each, k) =>
    engine.trial(trial, {
      onTimestep: (timestep) => {
        if (k > 0) return;
        spikes().forEach((spike, neuron) => spike > 0 && events.push([timestep, neuron]));
        for (const one of watched) one.seen.push(one.read());
      },
    }),
  );
  const seen = Object.fromEntries(watched.map((one) => [one.name, one.seen]));
  return { built, loss, events, seen, weights: engine.weights() };
}

const learners = vectors.flatMap(([file, vector]): (readonly [string, string, Evaluation, Vector])[] => {
  const { algorithm, schedule } = vector.problem.learning;
  if (algorithm === 'bptt') return ['bptt', 'rtrl'].map((name) => [file, name, 'trace', vector]);
  const evaluations = schedule === 'trial' ? (['trace', 'history'] as const) : (['trace'] as const);
  return evaluations.map((evaluation) => [file, 'local', evaluation, vector]);
});

describe('a spiking network is that of an independent program:', () => {
  it.each(learners)('%s, by %s and %s', (_file, algorithm, evaluation, vector) => {
    const { expected, tolerance } = vector;
    const [plain, kernels] = Object.values(ENGINES).map((open) => solve(vector, algorithm, open, evaluation));
    const { built, loss, events, seen, weights } = plain;
    expect(events).toEqual(expected.firstTrial.events);
    for (const name of ['v', 'threshold', 'slope', 'y', 'error'] as const) {
      expect(farthest(seen[name].flat(), expected.firstTrial[name].flat()), name).toBeLessThan(tolerance);
    }
    expect(farthest(loss, expected.loss)).toBeLessThan(tolerance);
    for (const group of built.groups) {
      const wanted = { recurrent: expected.w_rec, input: expected.w_in, readout: expected.w_out }[group.name] ?? [];
      expect(farthest(weights[group.name], inGroup(group, wanted)), group.name).toBeLessThan(tolerance);
    }
    expect([kernels.events, kernels.seen, kernels.loss, kernels.weights]).toEqual([events, seen, loss, weights]);
  });
});

it('firing-rate regularisation is certified as what it is: local, but for the length of the trial', () => {
  const [[, { problem }]] = vectors.filter(([name]) => name === 'alif-symmetric-regularised.json');
  const classes = [20, 0].map((c) => {
    const learning = { ...problem.learning, regularisation: { c, target: 0.02 } };
    const built = build(spikingCircuit(problem.network, learning, problem.task.input.length), 1);
    return certifyLearner(built, { name: 'e-prop', algorithm: 'local', feedback: 'random' });
  });
  const needs = classes.map(({ synapses }) => synapses[0].needs.map(({ what }) => what));
  expect(needs[0]).toContain('global.share (a clock), the same for every synapse');
  expect(needs[1].join()).not.toContain('global');
  expect(classes.map((one) => one.class)).toEqual(classes.map(() => classes[1].class));
  expect(classes[0].crossing).toEqual([]);
});

/** A matrix's entries in the order of a group's synapses. */
function inGroup({ rowStart, pre }: BuiltGroup, matrix: readonly (readonly number[])[]): number[] {
  return matrix.flatMap((row, i) => Array.from(pre.subarray(rowStart[i], rowStart[i + 1]), (j) => row[j]));
}

function farthest(got: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, k) => Math.abs(got[k] - value) / Math.max(1, Math.abs(value))));
}
