import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  build,
  circuit,
  mask,
  probability,
  type BuiltCircuit,
  type Circuit,
  type Engine,
  type FeedbackKind,
  type GroupWeights,
  type Schedule,
} from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { input, leakyTanh, linear, type Population } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { refusal } from '../refusal.ts';
import { noiseTrial, paperExample, threeMatrices } from '../support/networks.ts';
import { cook, exact, gated, randomTrial, recipesWithin } from '../support/random-circuit.ts';
import type { Matrices } from '../support/rflo-reference.ts';
import { snapReference } from '../support/snap-reference.ts';
import { bytes, changesOf, relativeDifference } from '../support/weights.ts';

const FAR = 1000;
const FLOOR = 1e-3;

/** What a few trials come to: their losses, or how the first that fails does; and the weights. */
function outcome(engine: Engine, trial: Trial): readonly (number | string)[] {
  const losses = [1, 2].map(() => {
    try {
      return engine.trial(trial);
    } catch (error) {
      if (error instanceof RunError) return error.message;
      throw error;
    }
  });
  return [...losses, bytes(engine.weights())];
}

const schedules = fc.constantFrom<Schedule>('trial', 'online');

describe('with n beyond every path', () => {
  it('SnAp-n has the bits of RTRL with random feedback, on random circuits', () => {
    fc.assert(
      fc.property(recipesWithin({ dialled: true }).map(exact), schedules, (recipe, schedule) => {
        const { built, trial } = cook(recipe);
        const options = { schedule, feedback: 'random' } as const;
        expect(outcome(new Snap(built, { ...options, n: FAR }), trial)).toEqual(
          outcome(new Rtrl(built, options), trial),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('with symmetric feedback it is the exact gradient, of BPTT and RTRL, to 1e-12', () => {
    fc.assert(
      fc.property(hiddenCircuits, ({ built, trial }) => {
        const options = { schedule: 'trial', feedback: 'symmetric' } as const;
        const changes = changesOf(new Snap(built, { ...options, n: FAR }), trial);
        for (const Exact of [Bptt, Rtrl]) {
          expect(relativeDifference(changes, changesOf(new Exact(built, options), trial), FLOOR)).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('and -eta dL/dw by central finite differences to 1e-6', () => {
    fc.assert(
      fc.property(hiddenCircuits, ({ built, trial }) => {
        const changes = changesOf(new Snap(built, { schedule: 'trial', feedback: 'symmetric', n: FAR }), trial);
        expect(relativeDifference(changes, centralDifferences(built, trial), FLOOR)).toBeLessThan(1e-6);
      }),
      { numRuns: 30 },
    );
  });

  it('online with symmetric feedback, it transposes the readout as it is now', () => {
    const built = build(threeMatrices(), 1);
    const options = { schedule: 'online', feedback: 'symmetric' } as const;
    const [snap, rtrl] = [new Snap(built, { ...options, n: FAR }), new Rtrl(built, options)];
    expect(relativeDifference(changesOf(snap, noiseTrial(20)), changesOf(rtrl, noiseTrial(20)), FLOOR)).toBeLessThan(
      1e-12,
    );
  });
});

describe('SnAp-n', () => {
  it.each([1, 2, 3, 4])('is what its equations say, n = %i, on sparse networks', (n) => {
    fc.assert(
      fc.property(fc.nat(10_000), schedules, fc.constantFrom<FeedbackKind>('random', 'symmetric'), (seed, ...how) => {
        const [schedule, feedback] = how;
        const { built, matrices, joined } = sparseNetwork(seed, 6);
        const trial = randomTrial(built, 8, seed);
        const snap = new Snap(built, { n, schedule, feedback });
        const common = {
          tau: 2,
          h0: 0.1,
          rate: 0.5,
          online: schedule === 'online',
          symmetric: feedback === 'symmetric',
        };
        for (let round = 0; round < 2; round++) {
          expect(snap.trial(trial)).toBeCloseTo(snapReference(matrices, trial, { ...common, n, joined }), 12);
        }
        const expected = {
          recurrent: Float64Array.from(matrices.w.flatMap((row, i) => row.filter((_, j) => joined[i][j]))),
          input: Float64Array.from(matrices.wIn.flat()),
          readout: Float64Array.from(matrices.wOut.flat()),
        };
        expect(relativeDifference(snap.weights(), expected, 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps the own neuron and its autapse alone at n = 1: Menick et al. (2020)', () => {
    // p <- ((1-alpha) + alpha phi'(u_m) W_mm) p + alpha phi'(u_m) h_n
    const built = build(threeMatrices(), 3);
    const trial = noiseTrial(12);
    const [{ weights: w }, { weights: wIn }, { weights: wOut }] = built.groups;
    const b = built.feedback[0].weights;
    const p = new Float64Array(16);
    const expected = new Float64Array(16);
    let h = Float64Array.of(0.1, 0.1, 0.1, 0.1);
    for (let t = 0; t < 12; t++) {
      const past = h;
      const input = trial.input.subarray(2 * t, 2 * t + 2);
      const u = h.map(
        (_, m) =>
          past.reduce((sum, x, n) => sum + w[4 * m + n] * x, 0) + wIn[2 * m] * input[0] + wIn[2 * m + 1] * input[1],
      );
      h = past.map((x, m) => x + (Math.tanh(u[m]) - x) / 2);
      const e = [0, 1].map((k) => trial.target[2 * t + k] - h.reduce((sum, x, m) => sum + wOut[4 * k + m] * x, 0));
      for (let m = 0; m < 4; m++) {
        const slope = (1 - Math.tanh(u[m]) ** 2) / 2;
        for (let n = 0; n < 4; n++) {
          p[4 * m + n] = (0.5 + slope * w[5 * m]) * p[4 * m + n] + slope * past[n];
          expected[4 * m + n] += (0.5 / 12) * (b[2 * m] * e[0] + b[2 * m + 1] * e[1]) * p[4 * m + n];
        }
      }
    }
    const { recurrent } = changesOf(new Snap(built, { n: 1, schedule: 'trial', feedback: 'random' }), trial);
    expect(relativeDifference({ recurrent }, { recurrent: expected }, FLOOR)).toBeLessThan(1e-12);
  });

  it('is RTRL from n = 2 on where every neuron reaches every other at once, and something else at n = 1', () => {
    const built = build(threeMatrices({ units: 5 }), 2);
    const of = (n: number) => bytes(changesOf(new Snap(built, { n, ...random }), noiseTrial(9)));
    expect(of(2)).toBe(bytes(changesOf(new Rtrl(built, random), noiseTrial(9))));
    expect(of(1)).not.toBe(of(2));
  });

  it('comes nearer to the exact gradient with every step along a ring, and has it at the last', () => {
    const units = 5;
    const ring = mask(
      Array.from({ length: units }, (_, i) => Array.from({ length: units }, (_, j) => i === (j + 1) % units)),
    );
    const built = build(
      circuit({
        neurons: { h: leakyTanh(units, { tau: 2, initial: 0.3 }), y: linear(1) },
        synapses: {
          ring: { from: 'h', to: 'h', weights: normal({ mean: 1, sd: 0.1 }), connect: ring, rule: rflo({ eta: 1 }) },
          readout: { from: 'h', to: 'y', weights: normal({ mean: 1, sd: 0.1 }), rule: delta({ eta: 1 }) },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      }),
      1,
    );
    const trial = { timesteps: 30, input: new Float64Array(0), target: new Float64Array(30).fill(1) };
    const symmetric = { schedule: 'trial', feedback: 'symmetric' } as const;
    const exact = changesOf(new Bptt(built, symmetric), trial);
    const away = [1, 2, 3, 4, 5].map((n) =>
      relativeDifference(changesOf(new Snap(built, { n, ...symmetric }), trial), exact, 0),
    );
    for (let n = 1; n < 5; n++) expect(away[n]).toBeLessThan(away[n - 1]);
    expect(away[3]).toBeGreaterThan(1e-6);
    expect(away[4]).toBeLessThan(1e-12);
  });

  it('forgets its influences from trial to trial, also those of a failed one, whatever their lengths', () => {
    const built = build(threeMatrices({ recurrentDelay: 3 }), 1);
    const [used, fresh] = [new Snap(built, { n: 2, ...random }), new Snap(built, { n: 2, ...random })];
    for (const timesteps of [5, 2, 8]) used.trial(noiseTrial(timesteps));
    expect(() => used.trial({ ...noiseTrial(), target: noiseTrial().target.with(9, 1e200) })).toThrow(
      'became Infinity',
    );
    used.setWeights(fresh.weights());
    expect(bytes(changesOf(used, noiseTrial(4)))).toBe(bytes(changesOf(fresh, noiseTrial(4))));
  });

  it('changes nothing when it is not to learn', () => {
    const snap = new Snap(build(threeMatrices(), 1), { n: 2, ...random });
    const before = bytes(snap.weights());
    snap.trial(noiseTrial(), { learn: false });
    expect(bytes(snap.weights())).toBe(before);
  });

  it('holds no more than its reach: N^2 at n = 1, where RTRL would need N^3', () => {
    const built = build(paperExample(800), 1);
    expect(refusal(() => new Rtrl(built, random))).toContain('rtrl: would need 8 GiB');
    const trial = { timesteps: 2, input: new Float64Array(0), target: new Float64Array(2) };
    expect(new Snap(built, { n: 1, ...random }).trial(trial)).toBeGreaterThan(0);
    expect(refusal(() => new Snap(built, { n: 2, ...random }))).toContain(
      'snap-2: would need more than 4 GiB: it holds the influence of every weight on every neuron within 2 steps; use a smaller n, or fewer synapses',
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses n = %s', (n) => {
    expect(refusal(() => new Snap(build(threeMatrices(), 1), { n, ...random }))).toBe(
      `n: ${n} is not a whole number, 1 or more`,
    );
  });

  it('refuses symmetric feedback where nothing is read out, as the actors do', () => {
    const stack = circuit({
      neurons: { x: input(2), a: leakyTanh(2), b: leakyTanh(2), y: linear(2) },
      synapses: {
        xa: { from: 'x', to: 'a', weights: normal(), rule: rflo() },
        ab: { from: 'a', to: 'b', weights: normal(), rule: rflo() },
        by: { from: 'b', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { deep: { from: 'y', to: 'a', weights: normal() } },
    });
    expect(refusal(() => new Snap(build(stack, 1), { n: 2, schedule: 'trial', feedback: 'symmetric' }))).toBe(
      "feedback.deep: symmetric feedback transposes the weights from 'a' to 'y', but the circuit has none; use random feedback",
    );
    expect(new Snap(build(stack, 1), { n: 2, ...random }).trial(noiseTrial())).toBeGreaterThan(0);
  });
});

const random = { schedule: 'trial', feedback: 'random' } as const;

/** One hidden population of any model, sparse or not, with input and delays; outputs linear and read out at once. */
const hiddenCircuits = fc
  .record({
    units: fc.integer({ min: 1, max: 7 }),
    model: fc.constantFrom<(size: number, initial: number) => Population>(
      (size, initial) => leakyTanh(size, { tau: 2.5, initial }),
      (size, initial) => gated(size, { initial }),
      (size, initial) => linear(size, { initial }),
    ),
    density: fc.constantFrom(0.2, 0.5, 1),
    delay: fc.integer({ min: 1, max: 3 }),
    late: fc.nat(2),
    outputs: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
    timesteps: fc.integer({ min: 1, max: 8 }),
    seed: fc.nat(100_000),
  })
  .map(({ units, model, density, delay, late, outputs, timesteps, seed }) => {
    const sparse = { weights: normal({ sd: 0.6 }), connect: probability(density), rule: rflo({ eta: 1 }) };
    const names = outputs.map((_, k) => `y${k}`);
    const each = <T>(make: (name: string, k: number) => T) =>
      Object.fromEntries(names.map((name, k) => [name, make(name, k)]));
    const definition: Circuit = circuit<string, string, 'rflo' | 'delta'>({
      neurons: { x: input(2), h: model(units, 0.2), ...each((_, k) => linear(outputs[k])) },
      synapses: {
        near: { from: 'h', to: 'h', ...sparse },
        far: { from: 'h', to: 'h', delay, ...sparse },
        input: { from: 'x', to: 'h', delay: late, ...sparse },
        ...each((name) => ({ from: 'h', to: name, weights: normal(), rule: delta({ eta: 1 }) })),
      },
      feedback: each((name) => ({ from: name, to: 'h', weights: normal() })),
    });
    const built = build(definition, seed);
    return { built, trial: randomTrial(built, timesteps, seed) };
  });

/** -eta dL/dw, for every weight. */
function centralDifferences(built: BuiltCircuit, trial: Trial): GroupWeights {
  const solver = new Bptt(built, { schedule: 'trial', feedback: 'symmetric' });
  const start = solver.weights();
  const lossWith = (name: string, k: number, w: number) => {
    solver.setWeights({ ...start, [name]: start[name].with(k, w) });
    return solver.trial(trial, { learn: false });
  };
  const step = 1e-5;
  return Object.fromEntries(
    Object.entries(start).map(([name, weights]) => [
      name,
      weights.map((w, k) => (lossWith(name, k, w - step) - lossWith(name, k, w + step)) / (2 * step)),
    ]),
  );
}

/** A sparse recurrent network with 2 inputs and 2 outputs, and its numbers as plain rows. */
function sparseNetwork(seed: number, units: number): { built: BuiltCircuit; matrices: Matrices; joined: boolean[][] } {
  const draw = stream(seed, 'sparse');
  const joined = Array.from({ length: units }, () => Array.from({ length: units }, () => draw() < 0.3));
  const rows = (height: number, width: number) =>
    Array.from({ length: height }, () => Array.from({ length: width }, () => 2 * draw() - 1));
  const w = rows(units, units).map((row, i) => row.map((value, j) => (joined[i][j] ? value : 0)));
  const matrices = { w, wIn: rows(units, 2), wOut: rows(2, units), b: rows(units, 2) };
  const built = build(
    circuit({
      neurons: { x: input(2), h: leakyTanh(units, { tau: 2, initial: 0.1 }), y: linear(2) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: w, connect: mask(joined), rule: rflo({ eta: 0.5 }) },
        input: { from: 'x', to: 'h', weights: matrices.wIn, rule: rflo({ eta: 0.5 }) },
        readout: { from: 'h', to: 'y', weights: matrices.wOut, rule: delta({ eta: 0.5 }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: matrices.b } },
    }),
    1,
  );
  return { built, matrices, joined };
}
