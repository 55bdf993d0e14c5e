import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { stream } from '../../src/random/index.ts';
import { compartmentCircuit } from '../../scenarios/systems/compartments.ts';
import { Pair } from '../support/agreement.ts';

type Matrix = readonly (readonly number[])[];

// Bootstrap 'composite': sum_j U_ij h_j(t) in the place of what comes back.
const [N, IN, OUT, TAU, T, TRIALS] = [4, 2, 2, 2, 8, 3];
const random = stream(1, 'composite');
const draw = (rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random() - 1));
const [input, recurrent, readout, feedback] = [draw(N, IN), draw(N, N), draw(OUT, N), draw(N, OUT)];
const [apical, label, apicalBias, composite] = [draw(N, N), draw(N, OUT), draw(N, 1), draw(N, N)];
const [x, target] = [draw(T, IN), draw(T, OUT)];
const rates = { recurrent: 0.5, input: 0.4, readout: 0.3, credit: 0.05, predict: 0.03, decay: 0.01 };

const built = build(
  compartmentCircuit({
    ...{ inputs: IN, units: N, outputs: OUT, tau: TAU, hold: 1, rates, bootstrap: 'composite' },
    weights: { input, recurrent, readout, feedback, apical, label, apicalBias, composite, predict: [], backward: [] },
  }),
  1,
);
const trial = {
  timesteps: T,
  input: Float64Array.from(x.flatMap((row, t) => [...row, ...target[t]])),
  target: Float64Array.from(target.flat()),
};
const ONLINE = { schedule: 'online', feedback: 'random' } as const;

const dot = (row: readonly number[], other: readonly number[]) => row.reduce((sum, w, k) => sum + w * other[k], 0);
const times = (M: Matrix, v: readonly number[]) => M.map((row) => dot(row, v));
/** M + eta a b^T. */
const grown = (M: Matrix, eta: number, a: readonly number[], b: readonly number[]): Matrix =>
  M.map((row, i) => row.map((w, j) => w + eta * a[i] * b[j]));

/** What the circuit is to learn, equation by equation. */
function reference() {
  let [W, Win, Wout, A, Ay, a, U] = [recurrent, input, readout, apical, label, apicalBias, composite];
  for (let trialNumber = 0; trialNumber < TRIALS; trialNumber++) {
    const zeros = Array.from({ length: N }, () => 0);
    let [h, f, c, held, heldLabel, first] = [zeros, zeros, zeros, zeros, Array.from({ length: OUT }, () => 0), true];
    for (let t = 0; t < T; t++) {
      const u = times(W, h).map((each, i) => each + dot(Win[i], x[t]));
      const now = u.map((each, i) => (1 - 1 / TAU) * h[i] + Math.tanh(each) / TAU);
      const s = u.map((each) => (1 - Math.tanh(each) ** 2) / TAU);
      const e = times(Wout, now).map((y, k) => target[t][k] - y);
      const d = times(U, now);
      const err = d.map((each, i) => f[i] + each - c[i]);
      A = grown(A, rates.credit, err, held);
      Ay = grown(Ay, rates.credit, err, heldLabel);
      a = grown(a, rates.credit, err, [first ? 0 : 1]);
      const credit = times(A, now).map((each, i) => each + dot(Ay[i], target[t]) + a[i][0]);
      // (c(t) - U h(t)) h(t)^T: in the next timestep it is what that knows of the one before.
      U = grown(U, rates.predict, credit.map((each, i) => each - d[i]), now); // prettier-ignore
      const basal = credit.map((each, i) => each * s[i]);
      W = grown(W, rates.recurrent / T, basal, h);
      Win = grown(Win, rates.input / T, basal, x[t]);
      Wout = grown(Wout, rates.readout / T, e, now);
      [h, f, c, held, heldLabel, first] = [now, times(feedback, e), credit, now, [...target[t]], false];
    }
  }
  return { recurrent: W, input: Win, readout: Wout, apical: A, label: Ay, apicalBias: a, composite: U };
}

beforeAll(loadKernels);

describe('compartments with a composite bootstrap', () => {
  it('learn as the equations say, on both engines with equal bits', () => {
    const pair = new Pair(built, ONLINE);
    for (let k = 1; k <= TRIALS; k++) {
      const [actors, kernels] = pair.engines.map((engine) => engine.trial(trial));
      expect(kernels).toBe(actors);
      pair.expectSame(`after trial ${k}`);
    }
    const weights = pair.engines[0].weights();
    for (const [group, wanted] of Object.entries(reference())) {
      wanted.flat().forEach((w, k) => {
        expect(weights[group][k], `${group} ${k}`).toBeCloseTo(w, 12);
      });
    }
    expect(Object.keys(weights)).not.toContain('backward');
  });

  it('are certified as local, U with two factors', () => {
    const { synapses, class: found } = certifyLearner(built, { name: 'composite', algorithm: 'local', feedback: 'random' }); // prettier-ignore
    for (const group of ['composite', 'recurrent', 'input']) {
      expect(synapses.find((one) => one.group === group)?.class, group).toBe('two-factor local');
    }
    expect(found).toBe('three-factor, broadcast vector through fixed feedback');
  });

  it.each([
    ['actors', () => new ActorEngine(built, ONLINE)],
    ['kernels', () => new KernelEngine(built, { algorithm: local(), ...ONLINE })],
  ] as const)('learn from nothing but what they are entitled to, on %s', (_, open) => {
    const { counterexample, entitled } = noninterference(open(), trial, { updates: 60 });
    expect(counterexample?.message).toBeUndefined();
    expect(entitled).toMatchObject({ composite: { 'post.creditMismatch': true, 'pre.out': true } });
  });
});
