import { describe, expect, it } from 'vitest';
import { build, circuit, type GroupWeights } from '../../src/circuit/index.ts';
import { input, linear, type Population } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { detachedReset, reset, stepUnit } from '../support/models.ts';
import { randomTrial } from '../support/random-circuit.ts';
import { changesOf, relativeDifference } from '../support/weights.ts';

const [N, INPUTS, T, RATE] = [6, 3, 50, 0.2];

const network = (h: Population) =>
  build(
    circuit({
      neurons: { x: input(INPUTS), h, y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.15 }), rule: rflo({ eta: RATE }) },
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: RATE }) },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: RATE }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    3,
  );

/** A unit as it is written by hand: its new rate, and what counts as the derivatives of that. */
interface Unit {
  readonly rate: (h: number, u: number) => number;
  readonly slope: (h: number, u: number) => number;
  readonly retention: (h: number, u: number) => number;
}

/**
 * Backpropagation through time by hand, rows of weights as lists:
 *
 *     z_i(t) = Wout_i e(t) + r_i(t+1) z_i(t+1) + sum_k W_ki s_k(t+1) z_k(t+1),     dW_ij = eta/T sum_t s_i(t) z_i(t) h_j(t-1)
 */
function byHand({ rate, slope, retention }: Unit, weights: GroupWeights, trial: Trial): GroupWeights {
  const { recurrent, input: afferent, readout } = weights;
  const units = Array.from({ length: N }, (_, i) => i);
  const x = (t: number) => trial.input.subarray(t * INPUTS, (t + 1) * INPUTS);
  const dot = (row: Float64Array, values: ArrayLike<number>) => row.reduce((sum, w, j) => sum + w * values[j], 0);
  const row = (matrix: Float64Array, i: number, width: number) => matrix.subarray(i * width, (i + 1) * width);

  const h: number[][] = [units.map(() => 0)];
  const [s, r, e]: [number[][], number[][], number[]] = [[], [], []];
  for (let t = 0; t < T; t++) {
    const last = h[t];
    const u = units.map((i) => dot(row(recurrent, i, N), last) + dot(row(afferent, i, INPUTS), x(t)));
    h.push(units.map((i) => rate(last[i], u[i])));
    s.push(units.map((i) => slope(last[i], u[i])));
    r.push(units.map((i) => retention(last[i], u[i])));
    e.push(trial.target[t] - dot(readout, h[t + 1]));
  }

  const changes = {
    recurrent: new Float64Array(N * N),
    input: new Float64Array(N * INPUTS),
    readout: new Float64Array(N),
  };
  let z = units.map(() => 0);
  for (let t = T - 1; t >= 0; t--) {
    z = units.map((i) => {
      const back =
        t + 1 < T
          ? r[t + 1][i] * z[i] + units.reduce((sum, k) => sum + recurrent[k * N + i] * s[t + 1][k] * z[k], 0)
          : 0;
      return readout[i] * e[t] + back;
    });
    for (const i of units) {
      const v = (RATE / T) * s[t][i] * z[i];
      for (const j of units) changes.recurrent[i * N + j] += v * h[t][j];
      x(t).forEach((value, j) => (changes.input[i * INPUTS + j] += v * value));
      changes.readout[i] += (RATE / T) * e[t] * h[t + 1][i];
    }
  }
  return changes;
}

const step = (x: number) => (x >= 0 ? 1 : 0);
const triangle = (x: number) => 0.3 * Math.max(0, 1 - Math.abs(x));
const membrane = {
  rate: (h: number, u: number) => 0.6 * h + u - 0.5 * step(h - 0.5),
  slope: () => 1,
};

const UNITS: readonly (readonly [string, Population, Unit])[] = [
  [
    'a step drives',
    stepUnit(N, { tau: 4 }),
    {
      rate: (h, u) => h + (step(u - 0.5) - h) / 4,
      slope: (_, u) => triangle(u - 0.5) / 4,
      retention: () => 1 - 1 / 4,
    },
  ],
  [
    'their own spike resets',
    reset(N, { lambda: 0.6 }),
    { ...membrane, retention: (h) => 0.6 - 0.5 * Math.exp(-Math.abs(h - 0.5)) },
  ],
  ['their own spike resets, detached', detachedReset(N, { lambda: 0.6 }), { ...membrane, retention: () => 0.6 }],
];

describe.each(UNITS)('of units that %s', (_, population, unit) => {
  const built = network(population);
  const trial = randomTrial(built, T, 2);
  const [bptt, rtrl] = [Bptt, Rtrl].map((solver) => new solver(built, { schedule: 'trial', feedback: 'symmetric' }));

  it('the gradient for the declared pseudo-derivative is that of BPTT by hand', () => {
    const expected = byHand(unit, bptt.weights(), trial);
    for (const solver of [bptt, rtrl]) {
      const changes = changesOf(solver, trial);
      expect(
        relativeDifference(
          changes,
          Object.fromEntries(Object.keys(changes).map((name) => [name, expected[name]])),
          1e-6,
        ),
      ).toBeLessThan(1e-12);
    }
  });
});

it('a reset that is detached has another gradient than one that is not', () => {
  const [all, without] = [reset, detachedReset].map((units) => {
    const built = network(units(N, { lambda: 0.6 }));
    const solver = new Bptt(built, { schedule: 'trial', feedback: 'symmetric' });
    return {
      loss: solver.trial(randomTrial(built, T, 2), { learn: false }),
      changes: changesOf(solver, randomTrial(built, T, 2)),
    };
  });
  expect(without.loss).toBe(all.loss);
  expect(relativeDifference(without.changes, all.changes, 1e-6)).toBeGreaterThan(0.01);
});
