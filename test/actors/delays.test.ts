import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { input, linear } from '../../src/neurons/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { observe } from '../../src/training/index.ts';

const options = { schedule: 'trial', feedback: 'random' } as const;
const counting = { timesteps: 6, input: Float64Array.of(1, 2, 3, 4, 5, 6), target: new Float64Array(6) };

/** What y does when x counts 1, 2, 3, ... */
function answer(engine: ActorEngine): number[] {
  return [...(observe(engine, counting).get('y') ?? [])];
}

describe('a delay line', () => {
  it.each([
    [0, [1, 2, 3, 4, 5, 6]],
    [1, [0, 1, 2, 3, 4, 5]],
    [2, [0, 0, 1, 2, 3, 4]],
    [3, [0, 0, 0, 1, 2, 3]],
    [7, [0, 0, 0, 0, 0, 0]],
  ])('of %i timesteps carries the input that much later', (delay, expected) => {
    const delayed = circuit({
      neurons: { x: input(1), y: linear(1) },
      synapses: { in: { from: 'x', to: 'y', weights: [[1]], delay } },
    });
    const engine = new ActorEngine(build(delayed, 1), options);
    expect(answer(engine)).toEqual(expected);
    // A second trial begins with an empty line, not with what the first left in it.
    expect(answer(engine)).toEqual(expected);
  });

  it('carries the initial rate of a neuron until its own rates arrive', () => {
    const delayed = circuit({
      neurons: { x: input(1), h: linear(1, { initial: 100 }), y: linear(1) },
      synapses: {
        xh: { from: 'x', to: 'h', weights: [[10]] },
        hy: { from: 'h', to: 'y', weights: [[1]], delay: 2 },
      },
    });
    expect(answer(new ActorEngine(build(delayed, 1), options))).toEqual([100, 100, 10, 20, 30, 40]);
  });

  it('is one of several between the same neurons, and each learns from what it carried itself', () => {
    const delayed = circuit({
      neurons: { x: input(1), y: linear(1) },
      synapses: {
        now: { from: 'x', to: 'y', weights: [[1]], rule: delta({ eta: 6 }) },
        late: { from: 'x', to: 'y', weights: [[100]], delay: 2, rule: delta({ eta: 6 }) },
        later: { from: 'x', to: 'y', weights: [[10_000]], delay: 3, rule: rflo({ eta: 6 }) },
      },
    });
    const engine = new ActorEngine(build(delayed, 1), options);
    const y = [1, 2, 103, 10204, 20305, 30406];
    expect(answer(engine)).toEqual(y);
    engine.trial(counting);
    // change = eta/T sum_t e(t) x(t - delay), with e = -y; a linear neuron's eligibility trace is what has just arrived.
    const change = (x: readonly number[]) => -x.reduce((sum, value, t) => sum + value * y[t], 0);
    expect(engine.weights()).toEqual({
      now: Float64Array.of(1 + change([1, 2, 3, 4, 5, 6])),
      late: Float64Array.of(100 + change([0, 0, 1, 2, 3, 4])),
      later: Float64Array.of(10_000 + change([0, 0, 0, 1, 2, 3])),
    });
  });

  it('closes a loop through the output', () => {
    const loop = circuit({
      neurons: { x: input(1), h: linear(1), y: linear(1) },
      synapses: {
        xh: { from: 'x', to: 'h', weights: [[1]] },
        hy: { from: 'h', to: 'y', weights: [[1]] },
        back: { from: 'y', to: 'h', weights: [[1]], delay: 1 },
      },
      outputs: ['y'],
    });
    expect(answer(new ActorEngine(build(loop, 1), options))).toEqual([1, 3, 6, 10, 15, 21]);
  });
});

describe('the smallest circuit', () => {
  it('of one neuron learns in a trial of one timestep', () => {
    const one = circuit({
      neurons: { x: input(1), y: linear(1) },
      synapses: { in: { from: 'x', to: 'y', weights: [[1]], rule: delta({ eta: 0.5 }) } },
    });
    const engine = new ActorEngine(build(one, 1), options);
    const trial = { timesteps: 1, input: Float64Array.of(2), target: Float64Array.of(5) };
    expect(engine.trial(trial)).toBe(4.5); // e = 5 - 2, L = e^2 / 2
    expect(engine.weights()).toEqual({ in: Float64Array.of(1 + 0.5 * 3 * 2) });
  });
});

describe('delays of synapses, each its own,', () => {
  const three = circuit({
    neurons: { x: input(3), y: linear(1) },
    synapses: {
      in: { from: 'x', to: 'y', edges: [[0, 0, 1, 3], [1, 0, 100, 0], [2, 0, 10_000, 1]], rule: delta({ eta: 6 }) }, // prettier-ignore
    },
  });
  /** Each input neuron counts. */
  const trial = { ...counting, input: Float64Array.from([...counting.input].flatMap((n) => [n, n, n])) };

  it('bring to each what was sent so long ago, and it learns from that', () => {
    const engine = new ActorEngine(build(three, 1), options);
    const y = [100, 10_200, 20_300, 30_401, 40_502, 50_603];
    expect([...(observe(engine, trial).get('y') ?? [])]).toEqual(y);
    engine.trial(trial);
    const change = (x: readonly number[]) => -x.reduce((sum, value, t) => sum + value * y[t], 0);
    expect([...engine.weights()['in']]).toEqual([
      1 + change([0, 0, 0, 1, 2, 3]),
      100 + change([1, 2, 3, 4, 5, 6]),
      10_000 + change([0, 1, 2, 3, 4, 5]),
    ]);
  });
});
