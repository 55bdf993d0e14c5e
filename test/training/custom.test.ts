import { describe, expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { input, linear, neuronModel } from '../../src/neurons/index.ts';
import { delta, plasticityRule } from '../../src/rules/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { openSession, scenario, sessionOptions } from '../../src/training/index.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

/** A Hebbian rule with a slow trace of presynaptic activity and decay: three parameters, one state that is not 0 at first. */
const fading = plasticityRule({
  name: 'fading',
  params: { eta: 0.5, decay: 0.1, keep: 0.75 },
  state: { past: 2, age: 0 },
  trace: ({ past, age, pre, keep }) => ({ past: keep * past + pre.rate, age: age + 1 }),
  change: ({ past, age, post, w, eta, decay }) => eta * (post.rate * past - decay * w) + post.signal / age,
});

/** A leaky unit with a parabola for its activation. */
const parabola = neuronModel({
  name: 'parabola',
  params: { tau: 4, bend: 0.1 },
  rate: ({ h, u, tau, bend }) => h + (u + bend * u * u - h) / tau,
  slope: ({ u, tau, bend }) => (1 + 2 * bend * u) / tau,
  retention: ({ tau }) => 1 - 1 / tau,
});

const signals = { input: [1, -2, 3], target: [0.5, 0.25, 0] };
const task: Task = {
  ...{ name: 'three', inputs: 1, outputs: 1, settings: {} },
  trial: () => ({
    timesteps: 3,
    input: Float64Array.from(signals.input),
    target: Float64Array.from(signals.target),
  }),
};

describe("a rule and a neuron model of the user's own", () => {
  it.each(['trial', 'online'] as const)('work together at once, schedule %s', async (schedule) => {
    const own = scenario({
      title: 'Of my own',
      options: { bend: 0.2 },
      circuit: ({ bend }) =>
        circuit({
          neurons: { x: input(1), h: parabola(1, { tau: 2, bend, initial: 0.3 }), y: linear(1) },
          synapses: {
            in: { from: 'x', to: 'h', weights: [[0.7]], rule: fading({ keep: 0.5 }) },
            out: { from: 'h', to: 'y', weights: [[1]], rule: delta({ eta: 0.2 }) },
          },
          feedback: { error: { from: 'y', to: 'h', weights: [[0.6]] } },
        }),
      task: () => task,
      compare: ['fading'],
      trials: 2,
      schedule,
    });
    const planned = own.plan({ settings: { bend: 0.1 } });
    const { state } = endOf(await eventsOf(sessionOptions(planned, planned.learners[0])));

    // The same by hand.
    let [w, v] = [0.7, 1];
    for (let trial = 1; trial <= 2; trial++) {
      let [h, past, age, dw, dv] = [0.3, 2, 0, 0, 0];
      signals.input.forEach((x, t) => {
        const u = w * x;
        h = h + (u + 0.1 * u * u - h) / 2;
        const e = signals.target[t] - v * h;
        past = 0.5 * past + x;
        age++;
        dw += 0.5 * (h * past - 0.1 * w) + (0.6 * e) / age;
        dv += 0.2 * e * h;
        if (schedule === 'online' || t === 2) {
          [w, v] = [w + dw / 3, v + dv / 3];
          [dw, dv] = [0, 0];
        }
      });
    }
    expect(state.weights['in'][0]).toBeCloseTo(w, 12);
    expect(state.weights['out'][0]).toBeCloseTo(v, 12);
  });

  it('can be watched by the names of its own state', async () => {
    const one = circuit({
      neurons: { x: input(1), y: linear(1) },
      synapses: { in: { from: 'x', to: 'y', weights: [[1]], rule: fading({ keep: 0.5 }) } },
    });
    const session = openSession({ circuit: one, task, trials: 2 });
    const seen: unknown[] = [];
    session.synapse('in', 0, 0).trace$.subscribe((trace) => seen.push(trace));
    await eventsOf(session);
    const trial = [
      { past: 2, age: 1 },
      { past: -1, age: 2 },
      { past: 2.5, age: 3 },
    ];
    expect(seen).toEqual([...trial, ...trial]);
  });

  it('are not mistaken for others of the same name and the same text', async () => {
    const constantly = (by: number) =>
      plasticityRule({ name: 'constantly', params: {}, change: () => by, opaque: true });
    const ends = [1, 2, 1].map(async (by) => {
      const one = circuit({
        neurons: { x: input(1), y: linear(1) },
        synapses: { in: { from: 'x', to: 'y', weights: [[0]], rule: constantly(by)() } },
      });
      return endOf(await eventsOf({ circuit: one, task, trials: 1 })).state.weights['in'][0];
    });
    expect(await Promise.all(ends)).toEqual([1, 2, 1].map((by) => expect.closeTo(by, 12) as number));
  });

  it('gives the solvers its model, and only its rate', async () => {
    const one = circuit({
      neurons: { x: input(1), y: parabola(1, { tau: 1, bend: 0.1 }) },
      synapses: { in: { from: 'x', to: 'y', weights: [[0.7]], rule: fading({ eta: 0.3 }) } },
    });
    const { state } = endOf(await eventsOf({ circuit: one, task, trials: 1, learner: 'bptt' }));
    const gradient = signals.input.map((x, t) => {
      const u = 0.7 * x;
      return (signals.target[t] - (u + 0.1 * u * u)) * (1 + 0.2 * u) * x;
    });
    expect(state.weights['in'][0]).toBeCloseTo(0.7 + (0.3 / 3) * gradient.reduce((a, b) => a + b), 14);
  });
});
