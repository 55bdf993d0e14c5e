import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, probability, type Circuit } from '../../src/circuit/index.ts';
import { neuroBench, neuromorphicCosts } from '../../src/locality/index.ts';
import { spike } from '../../src/local/index.ts';
import { input, leakyReadout, lif, linear, neuron } from '../../src/neurons/index.ts';
import { integers, normal, stream } from '../../src/random/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { refusal } from '../refusal.ts';

function measured(definition: Circuit, trial: Trial) {
  return neuroBench(new ActorEngine(build(definition, 1), { schedule: 'trial', feedback: 'random' }), trial);
}

/** The layer of the harness's own example. */
const layer = circuit({
  neurons: { x: input(3), y: linear(3) },
  synapses: { w: { from: 'x', to: 'y', weights: [[1.3, 0, -3.2], [0, 1.2, -5.1], [-1.1, 2.7, 0]] } }, // prettier-ignore
});
const shown = (...rows: readonly (readonly number[])[]): Trial => ({
  timesteps: rows.length,
  input: Float64Array.from(rows.flat()),
  target: new Float64Array(rows.length * 3),
});

describe("the harness's worked example", () => {
  it('MACs where an input is a fraction, ACs where all are -1, 0 or 1', () => {
    const operations = (x: readonly number[]) => measured(layer, shown(x)).metrics.synapticOperations;
    expect(operations([0, 1.3, -1])).toEqual({ effectiveMacs: 4, effectiveAcs: 0, dense: 9 });
    expect(operations([0, 1, -1])).toEqual({ effectiveMacs: 0, effectiveAcs: 4, dense: 9 });
  });

  it('decides call by call, and gives what one model execution takes', () => {
    const { metrics, answer } = measured(layer, shown([0, 1.3, -1], [0, 1, -1]));
    expect(metrics).toEqual({
      ...{ timesteps: 2, parameters: 9, connectionSparsity: 0.3333, activationSparsity: 0, membraneUpdates: 0 },
      synapticOperations: { effectiveMacs: 2, effectiveAcs: 2, dense: 9 },
      neuronOperations: { effective: 0, dense: 0 },
      footprint: 8 * (9 + 6),
    });
    expect(answer[3]).toBeCloseTo(3.2, 12);
  });
});

describe('a spiking circuit', () => {
  const T = 30;
  const definition = circuit({
    neurons: { x: input(4), h: lif(6, { theta: 0.5 }), y: leakyReadout(1) },
    synapses: {
      input: { from: 'x', to: 'h', weights: normal({ sd: 0.5 }), delay: integers(0, 3) },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.2 }), connect: probability(0.5), delay: 2 },
      readout: { from: 'h', to: 'y', weights: normal() },
    },
  });
  const random = stream(2, 'spikes');
  const trial = {
    timesteps: T,
    input: Float64Array.from({ length: 4 * T }, () => (random() < 0.3 ? 1 : 0)),
    target: new Float64Array(T),
  };
  const { metrics } = measured(definition, trial);

  it('takes as many operations as actors count while they run, delays of synapses and all', () => {
    const task = { name: 'spikes', inputs: 4, outputs: 1, settings: {}, trial: () => trial };
    const { synapticOperations, connectionSparsity } = neuromorphicCosts(definition, task);
    expect(metrics.synapticOperations.effectiveAcs * T).toBeCloseTo(synapticOperations.effectiveAcs, 9);
    expect(metrics.synapticOperations.effectiveMacs).toBe(0);
    expect(synapticOperations.effectiveAcs).toBeGreaterThan(100);
    expect(metrics.connectionSparsity).toBeCloseTo(connectionSparsity, 4);
  });

  it('leaves inputs and readouts out of activation sparsity, and counts potentials that changed', () => {
    const engine = new ActorEngine(build(definition, 1), { schedule: 'trial', feedback: 'random' });
    const [out, v] = ['out', 'v'].map((value) => engine.reader({ neurons: 'h', value }));
    const [row, now, last] = [new Float64Array(6), new Float64Array(6), new Float64Array(6)];
    let [silent, changed] = [0, 0];
    engine.trial(trial, {
      onTimestep: () => {
        out.read(row, 0);
        v.read(now, 0);
        silent += row.filter((spike) => spike === 0).length;
        changed += now.filter((potential, k) => potential !== last[k]).length;
        last.set(now);
      },
    });
    expect(metrics.activationSparsity).toBeCloseTo(silent / (6 * T), 14);
    expect(metrics.activationSparsity).toBeGreaterThan(0.1);
    expect(metrics.membraneUpdates).toBeCloseTo(changed / T, 12);
  });

  it("counts the operations of neurons by their models' text: of all, and of those that have changed", () => {
    // In each timestep v = 0.9 v + u - 0.5 s is two products, a sum and a difference, and a spike is a difference, a comparison and a choice.
    const plain = neuron({
      name: 'plain',
      params: { theta: 0.5 },
      ports: { u: 'v' },
      state: { v: 0 },
      step: ({ v, u, last, theta }) => ({ v: 0.9 * v + u - theta * last.out }),
      axon: 'event',
      sends: ({ v, theta }) => ({ out: spike(v - theta, 1), slope: 1 }),
    });
    const { neuronOperations, membraneUpdates } = measured(
      circuit({
        neurons: { x: input(1), h: plain(2), y: linear(1) },
        synapses: {
          in: { from: 'x', to: 'h', weights: [[1], [0]] },
          out: { from: 'h', to: 'y', weights: [[1, 1]] },
        },
      }),
      { timesteps: 4, input: Float64Array.of(0, 1, 0, 0), target: new Float64Array(4) },
    ).metrics;
    // The first neuron moves from timestep 2 on, the second never does.
    expect(membraneUpdates).toBe(3 / 4);
    expect(neuronOperations).toEqual({ effective: (7 * 3) / 4, dense: 14 });
  });

  it('is not measured where the terms do not fit', () => {
    const { neurons, synapses } = definition;
    const gated = circuit<string, string, string>({
      neurons,
      synapses: { ...synapses, readout: { from: 'h', to: 'y', weights: normal(), gate: { from: 'x' } } },
    });
    expect(refusal(() => measured(gated, trial))).toMatch(/^synapses\.readout\.gate: /);
  });
});
