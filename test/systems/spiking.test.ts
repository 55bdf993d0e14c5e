import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, type BuiltCircuit, type BuiltGroup, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { spikingCircuit, type SpikingNetwork } from '../../scenarios/systems/spiking.ts';

const DIRECTORY = new URL('../golden/spiking/', import.meta.url);

interface Vector {
  readonly problem: {
    readonly network: SpikingNetwork;
    readonly task: { readonly input: number[][]; readonly target: number[][] };
    readonly learning: {
      readonly feedback: 'random' | 'symmetric';
      readonly schedule: 'trial' | 'online';
      readonly loss: 'squared' | 'cross-entropy';
      readonly window: readonly [number, number];
      readonly trials: number;
      readonly rates: { readonly w_in: number; readonly w_rec: number; readonly w_out: number };
    };
  };
  readonly expected: {
    readonly loss: number[];
    readonly firstTrial: {
      readonly events: (readonly [number, number])[];
      readonly v: number[][];
      readonly y: number[][];
    };
    readonly w_in: number[][];
    readonly w_rec: number[][];
    readonly w_out: number[][];
  };
  readonly tolerance: number;
}

const vectors = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8')) as Vector] as const);

const ENGINES: Readonly<Record<string, (built: BuiltCircuit, options: Vector['problem']['learning']) => Engine>> = {
  actors: (built, { schedule, feedback }) => new ActorEngine(built, { schedule, feedback }),
  kernels: (built, { schedule, feedback }) => new KernelEngine(built, { algorithm: local(), schedule, feedback }),
};

beforeAll(loadKernels);

describe.each(Object.entries(ENGINES))(
  'on %s, e-prop of spiking networks is that of an independent program:',
  (_, open) => {
    it.each(vectors)('%s', (_name, { problem, expected, tolerance }) => {
      const { network, task, learning } = problem;
      const built = build(spikingCircuit(network, learning.rates, learning.loss), 1);
      const engine = open(built, learning);
      const [first, last] = learning.window;
      const target = task.target.map((row, t) => (t + 1 < first || t + 1 > last ? row.map(() => NaN) : row));
      const trial = {
        timesteps: task.input.length,
        input: Float64Array.from(task.input.flat()),
        target: Float64Array.from(target.flat()),
      };
      const events: [number, number][] = [];
      const spikes = engine.reader({ neurons: 'h', value: 'out' });
      const out = new Float64Array(spikes.length);
      const loss = Array.from({ length: learning.trials }, (_each, k) =>
        engine.trial(trial, {
          onTimestep: (timestep) => {
            if (k > 0) return;
            spikes.read(out, 0);
            out.forEach((spike, neuron) => spike > 0 && events.push([timestep, neuron]));
          },
        }),
      );
      expect(events).toEqual(expected.firstTrial.events);
      expect(farthest(loss, expected.loss)).toBeLessThan(tolerance);
      const weights = engine.weights();
      for (const group of built.groups) {
        const wanted = { recurrent: expected.w_rec, input: expected.w_in, readout: expected.w_out }[group.name] ?? [];
        expect(farthest(weights[group.name], inGroup(group, wanted)), group.name).toBeLessThan(tolerance);
      }
    });
  },
);

/** A matrix's entries in the order of a group's synapses. */
function inGroup({ rowStart, pre }: BuiltGroup, matrix: readonly (readonly number[])[]): number[] {
  return matrix.flatMap((row, i) => Array.from(pre.subarray(rowStart[i], rowStart[i + 1]), (j) => row[j]));
}

function farthest(got: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, k) => Math.abs(got[k] - value) / Math.max(1, Math.abs(value))));
}
