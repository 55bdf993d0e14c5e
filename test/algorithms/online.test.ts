import { describe, expect, it } from 'vitest';
import {
  dni,
  dniB,
  eBptt,
  fBptt,
  kernl,
  kfRtrl,
  local,
  nodePerturbation,
  ok,
  rKfRtrl,
  uoro,
  weightPerturbation,
  type NoiseTape,
} from '../../src/algorithms/index.ts';
import { OptimalSum } from '../../src/algorithms/online/optimal-sum.ts';
import { build, circuit, mask } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { bptt, rtrl, type LearningAlgorithm } from '../../src/solvers/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { openSession } from '../../src/training/index.ts';
import { apart, eachGiven, meanGiven, totalGiven } from '../support/given.ts';
import { heartCircuit } from '../support/heart.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

// What must hold of the unified family of online algorithms, Marschall, Cho & Savin (2020).

const rules = { hidden: rflo({ eta: 0.3 }), readout: delta({ eta: 0.3 }) };

/** One recurrent population. */
const plain = (units: number, delay = 1) =>
  circuit({
    neurons: { x: input(1), h: leakyTanh(units, { tau: 2, initial: 0.3 }), y: linear(2) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.9 }), delay, rule: rules.hidden },
      input: { from: 'x', to: 'h', weights: normal(), rule: rules.hidden },
      readout: { from: 'h', to: 'y', weights: normal(), rule: rules.readout },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });

/** Two, of which the first sends to the second at once and hears of it two timesteps later, with holes. */
const paired = circuit({
  neurons: { x: input(1), h: leakyTanh(2, { tau: 2, initial: 0.3 }), g: leakyTanh(1, { tau: 3 }), y: linear(2) },
  synapses: {
    input: { from: 'x', to: 'h', weights: normal(), rule: rules.hidden },
    recurrent: { from: 'h', to: 'h', weights: normal(), connect: mask([[1, 1], [0, 1]]), rule: rules.hidden }, // prettier-ignore
    up: { from: 'h', to: 'g', weights: normal(), delay: 0, rule: rules.hidden },
    down: { from: 'g', to: 'h', weights: normal(), delay: 2, rule: rules.hidden },
    readout: { from: 'g', to: 'y', weights: normal(), rule: rules.readout },
  },
  feedback: { error: { from: 'y', to: 'g', weights: normal() } },
});

const trialOf = (timesteps: number): Trial => ({
  timesteps,
  input: Float64Array.from({ length: timesteps }, (_, t) => Math.sin(2 * t + 1)),
  target: Float64Array.from({ length: 2 * timesteps }, (_, t) => Math.cos(t)),
});

const task: Task = { name: 'waves', inputs: 1, outputs: 2, settings: {}, trial: () => trialOf(9) };

/** Every pattern of signs, [patterns][timesteps][numbers]. */
function everySign(timesteps: number, numbers: number): NoiseTape {
  return Array.from({ length: 2 ** (timesteps * numbers) }, (_, pattern) =>
    Array.from({ length: timesteps }, (_t, t) =>
      Array.from({ length: numbers }, (_k, k) => (((pattern >> (t * numbers + k)) & 1) === 1 ? 1 : -1)),
    ),
  );
}

describe('past-facing algorithms on average over all signs', () => {
  const [units, timesteps] = [3, 3];
  const exact = meanGiven(build(plain(units), 5), rtrl(), trialOf(timesteps));

  /** The variance over the squared mean, and how far the mean is from RTRL. */
  const spread = (algorithm: LearningAlgorithm, trials: number) => {
    const sums = exact.map((row) => new Float64Array(row.length));
    let squares = 0;
    eachGiven(build(plain(units), 5), algorithm, trialOf(timesteps), { trials }, (given, t) => {
      given.forEach((g, k) => {
        sums[t - 1][k] += g / trials;
        squares += (g - exact[t - 1][k]) ** 2 / trials;
      });
    });
    const signal = exact.flatMap((row) => [...row]).reduce((sum, g) => sum + g * g, 0);
    return { off: Math.max(...exact.map((row, t) => apart(sums[t], row))), noise: squares / signal };
  };

  it('are RTRL at every timestep, and noisy in the order of what they keep', () => {
    const tapes = new Map([2, 3].map((numbers) => [numbers, everySign(timesteps, numbers)]));
    const noises = [
      uoro,
      rKfRtrl,
      kfRtrl,
      (how: { tape: NoiseTape }) => ok(1, how),
      (how: { tape: NoiseTape }) => ok(2, how),
    ].map((make, k) => {
      const tape = tapes.get([3, 3, 2, 2, 3][k]) ?? [];
      const { off, noise } = spread(make({ tape }), tape.length);
      expect(off).toBeLessThan(1e-12);
      return noise;
    });
    // Of UORO and R-KF-RTRL either may be the noisier.
    const kept = noises.slice(1);
    expect(kept).toEqual(kept.toSorted((one, other) => other - one));
    expect(noises[0]).toBeGreaterThan(noises[2]);
    expect(noises.at(-1)).toBeGreaterThan(1e-3);
  });

  it('also with other epsilons, and whatever their scales', () => {
    for (const [make, numbers] of [
      [kfRtrl, 2],
      [uoro, 3],
      [rKfRtrl, 3],
    ] as const) {
      // prettier-ignore
      const tape = everySign(timesteps, numbers);
      for (const how of [{ epsilon: 1e-3 }, { scales: { p0: 0.4, p1: 2 } }]) {
        expect(spread(make({ ...how, tape }), tape.length).off).toBeLessThan(1e-12);
      }
    }
  });

  it('also where populations hear one another by different delays, with holes', () => {
    const built = build(paired, 3);
    const three = meanGiven(built, rtrl(), trialOf(3));
    // h and g: nu for each neuron, or two for all.
    for (const [make, numbers] of [
      [uoro, 3],
      [rKfRtrl, 3],
      [kfRtrl, 2],
    ] as const) {
      // prettier-ignore
      const tape = everySign(3, numbers);
      const mean = meanGiven(built, make({ tape }), trialOf(3), { trials: tape.length });
      expect(Math.max(...three.map((row, t) => apart(mean[t], row)))).toBeLessThan(1e-12);
    }
  });
});

describe('OK(r)', () => {
  const random = stream(1, 'terms');
  const vectors = (count: number, length: number) =>
    Array.from({ length: count }, () => Float64Array.from({ length }, () => 2 * random() - 1));
  const product = (L: readonly Float64Array[], R: readonly Float64Array[]) =>
    [...L[0]].flatMap((_, i) => [...R[0]].map((_r, j) => L.reduce((sum, l, q) => sum + l[i] * R[q][j], 0)));

  it.each([1, 2, 3])('reduces a sum to rank %d without bias, and with the least variance', (rank) => {
    const [L, R] = [vectors(rank + 1, 5), vectors(rank + 1, 7)];
    const whole = product(L, R);
    const patterns = everySign(1, rank + 1).map(([signs]) => Float64Array.from(signs));
    const made = patterns.map((nu) => {
      const [l, r] = [L, R].map((side) => side.map((each) => each.slice()));
      new OptimalSum(rank).reduce(l, r, nu);
      return product(l.slice(0, rank), r.slice(0, rank));
    });
    const mean = whole.map((_, k) => made.reduce((sum, each) => sum + each[k], 0) / made.length);
    expect(apart(mean, whole)).toBeLessThan(1e-12);
    // S^2 / k - sum of d^2, where d are the singular values that are mixed: bounded by every choice of scales of KF-RTRL.
    const variance = (of: readonly (readonly number[])[]) =>
      of.reduce((sum, each) => sum + each.reduce((all, x, k) => all + (x - whole[k]) ** 2, 0), 0) / of.length;
    const best = variance(made);
    if (rank > 1) return;
    for (const scale of [0.3, 0.8, 1, 1.3, 3]) {
      const others = patterns.map(([s, u]) => {
        const [one, other] = [L, R].map((side, which) =>
          side[0].map((x, k) => s * x * (which === 0 ? scale : 1 / scale) + u * side[1][k]),
        );
        return product([one], [other]);
      });
      expect(best).toBeLessThanOrEqual(variance(others) + 1e-12);
    }
    expect(best).toBeGreaterThan(0.01);
  });

  it('is RTRL in as many timesteps of a trial as it has terms, whatever the signs, and then no more', () => {
    const built = build(plain(3), 5);
    const exact = meanGiven(built, rtrl(), trialOf(3));
    for (const signs of [
      [1, 1, 1],
      [-1, 1, -1],
      [1, -1, -1],
    ]) {
      const own = meanGiven(built, ok(2, { tape: [[signs, signs, signs]] }), trialOf(3));
      const off = own.map((row, t) => apart(row, exact[t]));
      expect(Math.max(off[0], off[1])).toBeLessThan(1e-12);
      expect(off[2]).toBeGreaterThan(1e-6);
    }
  });

  it('is exact as long as it has a term for each timestep, on any circuit', () => {
    for (let k = 1; k <= 12; k++) {
      const { built, trial } = heartCircuit(k);
      const exact = totalGiven(built, bptt(), trial);
      for (const algorithm of [fBptt(trial.timesteps), eBptt(trial.timesteps + 1)]) {
        expect(apart(totalGiven(built, algorithm, trial), exact), `${algorithm.name}, circuit ${k}`).toBeLessThan(
          1e-10,
        );
      }
      expect(apart(totalGiven(built, ok(trial.timesteps), trial), exact), `circuit ${k}`).toBeLessThan(1e-9);
    }
  });
});

describe('truncated BPTT', () => {
  const built = build(plain(3), 5);

  it.each(['random', 'symmetric'] as const)(
    'with a horizon of 1 follows the timestep alone, %s feedback',
    (feedback) => {
      const [one, other] = [eBptt(1), fBptt(1)].map((algorithm) =>
        meanGiven(built, algorithm, trialOf(6), { feedback }),
      );
      expect(one).toEqual(other);
    },
  );

  it('comes closer to BPTT with each timestep', () => {
    const exact = totalGiven(built, bptt(), trialOf(12));
    for (const make of [eBptt, fBptt]) {
      const off = [1, 3, 12].map((H) => apart(totalGiven(built, make(H), trialOf(12)), exact));
      expect(off).toEqual(off.toSorted((a, b) => b - a));
      expect(off[2]).toBeLessThan(1e-12);
    }
  });
});

describe('KeRNL', () => {
  it('that learns no kernel is RFLO', () => {
    const built = build(plain(3), 5);
    for (const feedback of ['random', 'symmetric'] as const) {
      const own = meanGiven(built, kernl({ eta: 0 }), trialOf(9), { feedback });
      // What a rule asks for has its rate in it.
      const same = meanGiven(built, local(), trialOf(9), { feedback }).map((row) => row.map((g) => g / 0.3));
      expect(Math.max(...own.map((row, t) => apart(row, same[t])))).toBeLessThan(1e-13);
    }
  });

  it('learns to predict what a disturbance does: in a linear network, W to the power of n after n timesteps', () => {
    const W = [[0.5, 0.2], [0.2, 0.5]]; // prettier-ignore
    const built = build(
      circuit({
        neurons: { h: linear(2), y: linear(2) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: W, rule: rules.hidden },
          readout: { from: 'h', to: 'y', weights: normal() },
        },
      }),
      2,
    );
    const engine = kernl({ eta: 0.005, sigma: 1 }).open(built, { schedule: 'trial', feedback: 'symmetric', seed: 1 });
    const unexplained = () => {
      const { 'kernl.A': A, 'kernl.gamma': gamma } = engine.carried();
      let [off, power] = [0, [1, 0, 0, 1]];
      for (let n = 0; n < 12; n++) {
        off += power.reduce((sum, w, k) => sum + (w - A[k] * (1 - gamma[k % 2]) ** n) ** 2, 0);
        power = [0, 1].flatMap((i) => [0, 1].map((j) => power[2 * i] * W[0][j] + power[2 * i + 1] * W[1][j]));
      }
      return off;
    };
    const before = unexplained();
    const trial = { timesteps: 1000, input: new Float64Array(), target: new Float64Array(2000) };
    for (let number = 1; number <= 3; number++) engine.trial(trial, { number });
    expect(unexplained()).toBeLessThan(0.6 * before);
  });

  it('refuses a circuit in which a synapse moves other neurons at once', () => {
    expect(() => kernl().open(build(paired, 1), { schedule: 'trial', feedback: 'symmetric', seed: 1 })).toThrow(
      'affects other neurons within the timestep',
    );
  });
});

it('begins with no noise in what no synapse moves, which would never decay: a neuron that always sends 1', () => {
  const always = neuron({
    ...{ name: 'always', params: {}, ports: { none: null }, state: { one: 1 } },
    step: ({ one }) => ({ one }),
    sends: ({ one }) => ({ out: one, rate: one }),
  });
  const { hidden: rule } = rules;
  const biased = circuit({
    neurons: { one: always(1), h: leakyTanh(3, { tau: 2 }), y: linear(1) },
    synapses: {
      bias: { from: 'one', to: 'h', weights: normal(), rule },
      recurrent: { from: 'h', to: 'h', weights: normal(), rule },
      readout: { from: 'h', to: 'y', weights: normal() },
    },
  });
  const engine = uoro({ start: 'normal', epsilon: 0 }).open(build(biased, 1, { carry: true }), {
    ...{ schedule: 'trial', feedback: 'symmetric', seed: 1 },
  });
  // A number for each of the three units, and none for the neuron that sends 1.
  expect(engine.carried()['uoro.A']).toHaveLength(3);
});

describe('DNI', () => {
  it.each([1, 5])('learns the exact credit of a linear network, held for %d timesteps', (hold) => {
    // h(1) is random, h(2) = J h(1), target = G h: credit is X h, where X = Wout' (G - Wout) + J' X J.
    const [J, Wout, G] = [[[0.5, -0.3], [0.2, 0.4]], [[0.7, -0.4]], [[0.1, 0.8]]]; // prettier-ignore
    const built = build(
      circuit({
        neurons: { x: input(2), h: linear(2), y: linear(1) },
        synapses: {
          // Plastic, so that there is credit to be learned, and so slowly that no weight changes.
          recurrent: { from: 'h', to: 'h', weights: J, rule: rflo({ eta: Number.MIN_VALUE }) },
          input: { from: 'x', to: 'h', weights: [[1, 0], [0, 1]] }, // prettier-ignore
          readout: { from: 'h', to: 'y', weights: Wout },
        },
      }),
      1,
    );
    const engine = dni({ creditRate: 0.3, hold }).open(built, { schedule: 'trial', feedback: 'symmetric', seed: 1 });
    const random = stream(1, 'states');
    const times = (M: readonly (readonly number[])[], v: readonly number[]) =>
      M.map((row) => row.reduce((sum, m, k) => sum + m * v[k], 0));
    for (let number = 1; number <= 3000; number++) {
      const first = [2 * random() - 1, 2 * random() - 1];
      const target = [first, times(J, first)].flatMap((h) => times(G, h));
      engine.trial(
        { timesteps: 2, input: Float64Array.from([...first, 0, 0]), target: Float64Array.from(target) },
        { number },
      );
    }
    const A = engine.carried()['dni.A'];
    // A [h; target; 1] with target = G h.
    const X = [0, 1].map((k) => [0, 1].map((j) => A[4 * k + j] + A[4 * k + 2] * G[0][j]));
    let exact = [[0, 0], [0, 0]]; // prettier-ignore
    for (let n = 0; n < 200; n++) {
      exact = [0, 1].map((i) =>
        [0, 1].map((j) => {
          const back = J.flatMap((row, k) => J.map((other, m) => row[i] * exact[k][m] * other[j]));
          return Wout[0][i] * (G[0][j] - Wout[0][j]) + back.reduce((sum, each) => sum + each, 0);
        }),
      );
    }
    expect(apart(X.flat(), exact.flat())).toBeLessThan(1e-9);
    expect(Math.abs(exact[0][0])).toBeGreaterThan(0.05);
  });

  it('with a learned Jacobian starts from the exact one', () => {
    const built = build(plain(3), 5);
    const [learned, exact] = [dniB({ jacobianRate: 0 }), dni()].map((algorithm) => {
      const engine = algorithm.open(built, { schedule: 'trial', feedback: 'random', seed: 1 });
      engine.trial(trialOf(2), { number: 1 });
      return engine.carried();
    });
    expect(learned['dni-b.J']).toHaveLength(9);
    expect(exact['dni.A'].some((a) => a !== 0)).toBe(true);
  });
});

describe('perturbations', () => {
  const built = build(plain(2), 5);
  const [pairs, timesteps, synapses] = [600, 3, 6];
  const random = stream(3, 'pairs');
  /** About normal: the sum of twelve even numbers. */
  const drawn = (sd: number) => sd * (Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, 0) - 6);

  /** Noise, and minus the same. */
  const mirroredTape = (rows: number, numbers: number, sd: number): NoiseTape =>
    Array.from({ length: pairs }, () =>
      Array.from({ length: rows }, () => Array.from({ length: numbers }, () => drawn(sd))),
    ).flatMap((one) => [one, one.map((row) => row.map((x) => -x))]);

  it.each<[string, LearningAlgorithm]>([
    ['node', nodePerturbation({ sigma: 0.02, baselineRate: 0, tape: mirroredTape(timesteps, 2, 0.02) })],
    ['weight', weightPerturbation({ sigma: 0.02, baselineRate: 0, tape: mirroredTape(1, synapses, 0.02) })],
  ])('of %s kind are the gradient on average', (_, algorithm) => {
    const exact = totalGiven(built, bptt(), trialOf(timesteps));
    const [sums, squares, pair] = [1, 2, 3].map(() => new Float64Array(exact.length));
    eachGiven(built, algorithm, trialOf(timesteps), { trials: 2 * pairs }, (given, t, number) => {
      given.forEach((g, k) => (pair[k] += g / 2));
      if (t < timesteps || number % 2 === 1) return;
      pair.forEach((g, k) => {
        sums[k] += g;
        squares[k] += g * g;
      });
      pair.fill(0);
    });
    for (let k = 0; k < synapses; k++) {
      const mean = sums[k] / pairs;
      const error = Math.sqrt((squares[k] / pairs - mean * mean) / pairs);
      expect(Math.abs(mean - exact[k])).toBeLessThan(4 * error + 1e-3);
      expect(error).toBeLessThan(0.5);
    }
  });

  it('leave the weights of a trial that is not learned from as they are', () => {
    const [still, asIs] = [weightPerturbation({ sigma: 1 }), bptt()].map((algorithm) =>
      algorithm.open(built, { schedule: 'trial', feedback: 'random', seed: 1 }).trial(trialOf(5), { learn: false }),
    );
    expect(still).toBe(asIs);
  });

  it('of weights cannot learn online', () => {
    const learner = { learner: weightPerturbation(), schedule: 'online' } as const;
    expect(() => openSession({ circuit: plain(2), task, trials: 1, learner })).toThrow("cannot learn 'online'");
  });
});

describe('what cannot be', () => {
  it.each<[() => unknown, string]>([
    [() => uoro({ epsilon: -1 }), 'uoro: epsilon: -1 is not a finite number, 0 or more'],
    [() => kfRtrl({ epsilon: 0 }), 'kf-rtrl: epsilon: is 0'],
    [() => rKfRtrl({ scales: { p0: 0, p1: 1 } }), 'r-kf-rtrl: scales.p0: 0 is not a finite number, above 0'],
    [() => ok(0), 'ok: n: 0 is not a whole number'],
    [() => kernl({ sigma: 0 }), 'kernl: sigma: 0 is not a finite number, above 0'],
    [() => dni({ hold: 1.5 }), 'dni: hold: 1.5 is not a whole number, 1 or more'],
    [() => dniB({ jacobianRate: NaN }), 'dni-b: jacobianRate: NaN is not a finite number'],
    [() => nodePerturbation({ decay: 2 }), 'node-perturbation: decay: 2 is not a finite number, 0 or more, at most 1'],
    [() => weightPerturbation({ baselineRate: -1 }), 'weight-perturbation: baselineRate: -1 is not'],
    [
      () => meanGiven(build(plain(3), 1), uoro({ tape: [[[1, 1, 1]]] }), trialOf(2)),
      'uoro: tape: has nothing for timestep 2',
    ],
    [
      () => meanGiven(build(plain(3), 1), ok(1, { tape: [[[1]]] }), trialOf(1)),
      'ok: tape: has 1 number for timestep 1',
    ],
    [() => meanGiven(build(plain(3), 1), dni({ A: [1] }), trialOf(1)), 'dni: A: has 1 number; expected 18'],
  ])('%s is refused', (make, message) => {
    expect(make).toThrow(message);
  });
});

const everyone: readonly LearningAlgorithm[] = [
  ...[uoro({ start: 'normal' }), kfRtrl({ start: 'normal' }), rKfRtrl({ nu: 'normal' }), ok(2), kernl({ reset: 4 })],
  ...[dni(), dniB(), eBptt(4), fBptt(4), nodePerturbation(), weightPerturbation()],
];

describe.each(everyone.map((algorithm) => [algorithm.name, algorithm] as const))('%s', (_, learner) => {
  const schedule = learner.causal ? 'online' : 'trial';

  it.each([false, true])('goes on from a checkpoint with the same bits (an endless stream: %s)', async (carry) => {
    const run = { circuit: plain(3, 2), task, seed: 4, carry, learner: { learner, schedule } } as const;
    const whole = endOf(await eventsOf({ ...run, trials: 4 }));
    const half = openSession({ ...run, trials: 2 });
    await eventsOf(half);
    const rest = endOf(await eventsOf({ ...run, trials: 4, resume: half.state() }));
    expect(rest.state).toEqual({ ...whole.state, elapsed: rest.state.elapsed, inTrials: rest.state.inTrials });
    // It does learn.
    expect(whole.state.weights['recurrent']).not.toEqual(
      endOf(await eventsOf({ ...run, trials: 1 })).state.weights['recurrent'],
    );
  });

  it('learns circuits over the whole language, or says why not', () => {
    let learned = 0;
    for (let k = 3; k <= 6; k++) {
      const { built, trial } = heartCircuit(k);
      try {
        const engine = learner.open(built, { schedule, feedback: learner.feedback, seed: 1 });
        expect(Number.isFinite(engine.trial(trial))).toBe(true);
        learned++;
      } catch (error) {
        expect(String(error)).toContain('affects other neurons');
      }
    }
    expect(learned).toBeGreaterThan(0);
  });
});
