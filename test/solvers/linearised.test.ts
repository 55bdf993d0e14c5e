import { describe, expect, it } from 'vitest';
import type { BuiltCircuit, Engine, GroupWeights } from '../../src/circuit/index.ts';
import { Bptt, linearised, type Linearised, type OnlineLearner } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { stream } from '../../src/random/index.ts';
import { refusal } from '../refusal.ts';
import { heartCircuit } from '../support/heart.ts';

const how = { schedule: 'trial', feedback: 'symmetric', seed: 1 } as const;

/** What one trial adds to the weights, by group. */
function changes(engine: Engine, trial: Trial): GroupWeights {
  const before = engine.weights();
  engine.trial(trial, { number: 1 });
  const after = engine.weights();
  return Object.fromEntries(Object.keys(before).map((name) => [name, after[name].map((w, k) => w - before[name][k])]));
}

function farthest(one: GroupWeights, other: GroupWeights): number {
  return Math.max(
    0,
    ...Object.entries(one).flatMap(([name, values]) => [...values].map((value, k) => Math.abs(value - other[name][k]))),
  );
}

/** RTRL, column by column: P = J P + Im. */
function forward(step: Linearised): OnlineLearner {
  const columns = Array.from({ length: step.synapses }, () => new Float64Array(step.size));
  const [pushed, unit, credit] = [1, 2, 3].map(() => new Float64Array(step.size));
  const row = new Float64Array(step.synapses);
  return {
    begin: () => {
      for (const column of columns) column.fill(0);
    },
    advance: (_t, gradient) => {
      for (const column of columns) {
        step.push(column, pushed);
        column.set(pushed);
      }
      for (let i = 0; i < step.size; i++) {
        unit.fill(0)[i] = 1;
        step.immediate(unit, 1, row.fill(0));
        columns.forEach((column, k) => (column[i] += row[k]));
      }
      step.credit(credit);
      columns.forEach((column, k) => (gradient[k] += column.reduce((sum, p, i) => sum + p * credit[i], 0)));
      step.direct(1, gradient);
    },
  };
}

/** BPTT over the whole trial, when it has ended: c(t) = l(t) + c(t+1) J(t+1), g = sum c(t) Im(t). */
function backward(step: Linearised, timesteps: number): OnlineLearner {
  const credits: Float64Array[] = [];
  const [credit, earlier] = [1, 2].map(() => new Float64Array(step.size));
  return {
    begin: () => (credits.length = 0),
    advance: (t, gradient) => {
      step.credit(credit);
      credits.push(credit.slice());
      step.direct(1, gradient);
      if (t < timesteps) return;
      const later = new Float64Array(step.size);
      credits.toReversed().forEach((given, ago) => {
        for (let i = 0; i < later.length; i++) later[i] += given[i];
        step.immediate(later, 1, gradient, ago);
        step.pull(later, earlier, ago);
        later.set(earlier);
      });
    },
  };
}

/** Whether v' (J u) = (J' v)' u in every timestep. */
function adjoint(step: Linearised, differences: number[]): OnlineLearner {
  const [u, v, pushed, pulled] = [1, 2, 3, 4].map(() => new Float64Array(step.size));
  const random = stream(1, 'adjoint');
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  return {
    begin: () => undefined,
    advance: () => {
      for (const x of [u, v]) for (let i = 0; i < x.length; i++) x[i] = 2 * random() - 1;
      step.push(u, pushed);
      step.pull(v, pulled);
      differences.push(Math.abs(dot(v, pushed) - dot(pulled, u)));
    },
  };
}

/** Whether Im = D a, port by port, and what is pushed at once goes where it goes one by one. */
function ports(step: Linearised, differences: number[]): OnlineLearner {
  const random = stream(2, 'ports');
  const drawn = (length: number) => Float64Array.from({ length }, () => 2 * random() - 1);
  const wide = step.pusher(2);
  return {
    begin: () => undefined,
    advance: () => {
      const v = drawn(step.size);
      const [whole, inParts] = [1, 2].map(() => new Float64Array(step.synapses));
      step.immediate(v, 1, whole);
      for (const port of step.ports) {
        const [a, D] = [port.axons, step.size * port.size].map((length) => new Float64Array(length));
        step.brought(port, a);
        step.slopes(port, D);
        if (port.moves === 'nothing') expect(D.every((d) => d === 0)).toBe(true);
        port.synapses.forEach((w, s) => {
          const i = port.post[s];
          inParts[w] += v.reduce((sum, vk, k) => sum + vk * D[k * port.size + i], 0) * a[port.axon[s]];
        });
      }
      differences.push(...whole.map((one, k) => Math.abs(one - inParts[k])));
      const [both, pushed] = [drawn(2 * step.size), new Float64Array(2 * step.size)];
      wide(both, pushed);
      for (const column of [0, 1]) {
        const one = new Float64Array(step.size);
        const place = (k: number) => 2 * k + column;
        step.push(
          one.map((_, k) => both[place(k)]),
          one,
        );
        differences.push(...one.map((value, k) => Math.abs(value - pushed[place(k)])));
      }
    },
  };
}

describe('a linearised timestep', () => {
  it('has the gradient of BPTT in it: forward by push, and backward by pull', () => {
    const differences: number[] = [];
    for (let k = 1; k <= 60; k++) {
      const { built, trial } = heartCircuit(k, k % 10 === 0 ? { repeats: 'times' } : {});
      const open = (learner: (step: Linearised) => OnlineLearner, circuit: BuiltCircuit = built) =>
        linearised(circuit, 'test', how, learner);
      const exact = changes(new Bptt(built, how), trial);
      expect(farthest(changes(open(forward), trial), exact), `push, circuit ${k}`).toBeLessThan(1e-10);
      const back = open((step) => backward(step, trial.timesteps * (built.repeat?.times ?? 1)));
      expect(farthest(changes(back, trial), exact), `pull, circuit ${k}`).toBeLessThan(1e-10);
      changes(
        open((step) => adjoint(step, differences)),
        trial,
      );
      if (k % 6 > 0) continue;
      changes(
        open((step) => ports(step, differences)),
        trial,
      );
    }
    expect(Math.max(...differences)).toBeLessThan(1e-10);
  });

  it.each([
    [null, /^algorithm 'mine': expected a learner { begin, advance }, got null, which has no method 'begin'/],
    [{ begin: () => undefined }, /expected a learner { begin, advance }, got .*, which has no method 'advance'/],
  ])('is not given to %o', (learner, message) => {
    const { built } = heartCircuit(1);
    expect(refusal(() => linearised(built, 'mine', how, () => learner as never))).toMatch(message);
  });
});
