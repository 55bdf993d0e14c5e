import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, mask } from '../../src/circuit/index.ts';
import { input, linear } from '../../src/neurons/index.ts';
import { delta } from '../../src/rules/index.ts';

/** x drives h, h drives y and z; both send their error back to h, z to y as well. */
const built = build(
  circuit({
    neurons: { x: input(1), h: linear(2), y: linear(2), z: linear(1) },
    synapses: {
      xh: { from: 'x', to: 'h', weights: [[1], [1]] },
      hy: {
        ...{ from: 'h', to: 'y', rule: delta({ eta: 1 }) },
        weights: [
          [1, 2],
          [3, 4],
        ],
        connect: mask([
          [1, 1],
          [0, 1],
        ]),
      },
      again: {
        ...{ from: 'h', to: 'y', delay: 1 },
        weights: [
          [10, 20],
          [30, 40],
        ],
      },
      hz: { from: 'h', to: 'z', weights: [[5, 6]] },
      yz: { from: 'y', to: 'z', weights: [[0, 0]] },
    },
    feedback: {
      yh: {
        ...{ from: 'y', to: 'h' },
        weights: [
          [0.1, 0.2],
          [0.3, 0.4],
        ],
      },
      zh: { from: 'z', to: 'h', weights: [[0.5], [0.6]] },
      zy: { from: 'z', to: 'y', weights: [[0.7], [0.8]] },
    },
  }),
  1,
);

/** Errors in two timesteps: y is silent, z too, so the target is the error. */
const trial = { timesteps: 2, input: Float64Array.of(0, 0), target: Float64Array.of(1, 10, 100, 2, 20, 200) };

function signals(feedback: 'random' | 'symmetric'): Record<string, number[]> {
  const engine = new ActorEngine(built, { schedule: 'trial', feedback });
  const heard: Record<string, number[]> = {};
  for (const { name, size } of built.order) {
    for (let i = 0; i < size; i++) {
      const values: number[] = [];
      heard[`${name}${i}`] = values;
      engine.neuron(name, i).signal$.subscribe((signal) => values.push(signal));
    }
  }
  engine.trial(trial);
  return heard;
}

function expectClose(got: Record<string, number[]>, expected: Record<string, number[]>): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    values.forEach((value, t) => {
      expect(got[name][t], `${name} at t = ${t + 1}`).toBeCloseTo(value, 10);
    });
  }
}

describe('the learning signal', () => {
  it('with random feedback is B e from every output that sends to it, and at an output its own error too', () => {
    const h0 = 0.1 * 1 + 0.2 * 10 + 0.5 * 100;
    const h1 = 0.3 * 1 + 0.4 * 10 + 0.6 * 100;
    expectClose(signals('random'), {
      h0: [h0, 2 * h0],
      h1: [h1, 2 * h1],
      y0: [1 + 70, 2 + 140],
      y1: [10 + 80, 20 + 160],
      z0: [100, 200],
    });
  });

  it('with symmetric feedback is the readout transposed: all groups between the two populations, added up', () => {
    const h0 = (1 + 10) * 1 + (0 + 30) * 10 + 5 * 100;
    const h1 = (2 + 20) * 1 + (4 + 40) * 10 + 6 * 100;
    expectClose(signals('symmetric'), { h0: [h0, 2 * h0], h1: [h1, 2 * h1], y0: [1, 2], y1: [10, 20], z0: [100, 200] });
  });

  it('with symmetric feedback follows the readout as it learns', () => {
    // h is silent here too, so give it a rate: then hy changes after the first timestep, and the second signal with it.
    const engine = new ActorEngine(built, { schedule: 'online', feedback: 'symmetric' });
    const errors: Float64Array[] = [];
    const [heard, weights]: [number[], number[]] = [[], []];
    engine.error$.subscribe((error) => errors.push(error));
    engine.neuron('h', 0).signal$.subscribe((signal) => {
      heard.push(signal);
      weights.push(engine.synapse('hy', 0, 0).weight);
    });
    engine.trial({ ...trial, input: Float64Array.of(1, 1) });
    expect(weights[1]).not.toBe(weights[0]);
    errors.forEach(([y0, y1, z], t) => {
      expect(heard[t]).toBeCloseTo((weights[t] + 10) * y0 + 30 * y1 + 5 * z, 8);
    });
  });

  it('with symmetric feedback is 0 at a neuron that no readout synapse leaves', () => {
    const engine = new ActorEngine(
      build(
        circuit({
          neurons: { h: linear(2), y: linear(2) },
          synapses: {
            hy: {
              ...{ from: 'h', to: 'y' },
              weights: [
                [1, 2],
                [3, 4],
              ],
              connect: mask([
                [0, 1],
                [0, 0],
              ]),
            },
          },
          feedback: {
            yh: {
              ...{ from: 'y', to: 'h' },
              weights: [
                [0.1, 0.2],
                [0.3, 0.4],
              ],
            },
          },
        }),
        1,
      ),
      { schedule: 'trial', feedback: 'symmetric' },
    );
    const signal = engine.reader({ neurons: 'h', value: 'signal' });
    engine.trial({ timesteps: 1, input: new Float64Array(0), target: Float64Array.of(10, 100) });
    const heard = new Float64Array(2);
    signal.read(heard, 0);
    expect([...heard]).toEqual([0, 20]);
  });
});
