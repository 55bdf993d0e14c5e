import { describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type Broadcast, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap, bptt, rtrl } from '../../src/solvers/index.ts';
import { ActorEngine } from '../../src/actors/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { hasDiverged, openSession, type LearnerOptions, type SessionEvent } from '../../src/training/index.ts';
import { eventsOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

await loadKernels();

/** Numbers that a reference in NumPy was given, too. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const T = 8;
const next = generator(5);
const matrix = (rows: number, columns: number, scale = 1) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => next() * 2 * scale));
const [W, Win, Wout, B] = [matrix(4, 4, 0.8), matrix(4, 1), matrix(1, 4), matrix(4, 1)];
const x = Float64Array.from({ length: T }, () => 2 * next());
/** Of eight samples three are known. */
const target = Float64Array.from({ length: T }, (_, t) => (t < 5 ? NaN : 2 * next()));

const rate = 0.2;
const netWith = (broadcast: Broadcast) =>
  circuit({
    neurons: { x: input(1), h: leakyTanh(4, { tau: 3, initial: 0.1 }), y: linear(1) },
    synapses: {
      rec: { from: 'h', to: 'h', weights: W, rule: rflo({ eta: rate }) },
      inp: { from: 'x', to: 'h', weights: Win, rule: rflo({ eta: rate }) },
      out: { from: 'h', to: 'y', weights: Wout, rule: delta({ eta: rate }) },
    },
    feedback: { e: { from: 'y', to: 'h', weights: B, broadcast } },
  });
const net = netWith({});

const taskOf = (trial: (index: number) => Trial): Task => ({
  ...{ name: 'masked', inputs: 1, outputs: 1, settings: {} },
  trial,
});
const masked: Trial = { timesteps: T, input: x, target };

type Learning = LearnerOptions<'rflo' | 'delta'>;

function events(learner: Learning, task: Task, trials = 4): Promise<readonly SessionEvent[]> {
  return eventsOf(openSession({ circuit: net, task, learner, trials }));
}

describe('a target with missing samples', () => {
  it.each(['actors', 'kernels'] as const)('teaches RFLO on %s what NumPy computes', async (engine) => {
    const losses = trialsOf(
      await events(
        { learner: 'rflo', engine },
        taskOf(() => masked),
      ),
    ).map(({ loss }) => loss);
    const expected = [0.05501613502892249, 0.054760153464130545, 0.05450702591053411, 0.054256714271650325];
    expect(losses).toHaveLength(4);
    losses.forEach((loss, k) => {
      expect(Math.abs(loss - expected[k])).toBeLessThan(1e-12);
    });
  });

  it('has the gradient of the loss over what is asked, by every reference', () => {
    const built = build(net, 1);
    const exact = { schedule: 'trial', feedback: 'symmetric' } as const;
    const solvers: readonly Engine[] = [
      new Bptt(built, exact),
      new Rtrl(built, exact),
      new Snap(built, { ...exact, n: 5 }),
      new KernelEngine(built, { algorithm: bptt(), ...exact }),
      new KernelEngine(built, { algorithm: rtrl(), ...exact }),
    ];
    const start = solvers[0].weights();
    const lossAt = (name: string, k: number, w: number): number => {
      solvers[0].setWeights({ ...start, [name]: start[name].with(k, w) });
      return solvers[0].trial(masked, { learn: false });
    };
    const step = 1e-5;
    const gradients = Object.entries(start).flatMap(([name, weights]) =>
      Array.from(weights, (w, k) => (lossAt(name, k, w + step) - lossAt(name, k, w - step)) / (2 * step)),
    );
    for (const solver of solvers) {
      solver.setWeights(start);
      solver.trial(masked);
      const after = solver.weights();
      const learned = Object.entries(start).flatMap(([name, weights]) =>
        Array.from(weights, (w, k) => (after[name][k] - w) / -rate),
      );
      learned.forEach((gradient, k) => {
        expect(Math.abs(gradient - gradients[k])).toBeLessThan(1e-9);
      });
    }
  });

  it('teaches nothing where nothing is asked at all, under either schedule', () => {
    const nothing = { ...masked, target: new Float64Array(T).fill(NaN) };
    const built = build(net, 1);
    for (const schedule of ['trial', 'online'] as const) {
      const options = { schedule, feedback: 'random' } as const;
      for (const engine of [
        new ActorEngine(built, options),
        new KernelEngine(built, { algorithm: local(), ...options }),
        new Rtrl(built, options),
      ]) {
        const before = bytes(engine.weights());
        expect(engine.trial(nothing)).toBe(0);
        expect(bytes(engine.weights())).toEqual(before);
      }
    }
  });

  it('keeps an error of 0 where a broadcast of one bit would have a sign', () => {
    const coarse = build(netWith({ bits: 1, delay: 1 }), 1);
    const nothing = { ...masked, target: new Float64Array(T).fill(NaN) };
    const engine = new ActorEngine(coarse, { schedule: 'trial', feedback: 'random' });
    const before = bytes(engine.weights());
    engine.trial(nothing);
    expect(bytes(engine.weights())).toEqual(before);
  });
});

describe('a value of the task that is not finite', () => {
  const spoilt = (what: Partial<Trial>) => taskOf((index) => (index === 3 ? { ...masked, ...what } : masked));

  it.each([
    ['an input', { input: x.with(2, NaN) }, 'task.input (trial 3, timestep 3): channel 1 (x 0) is NaN'],
    [
      'a target',
      { target: target.with(6, Infinity) },
      'task.target (trial 3, timestep 7): channel 1 (y 0) is Infinity',
    ],
  ] as const)('is named where it is %s, and is no divergence, whatever learns', async (_, what, message) => {
    const learners: readonly Learning[] = [
      { learner: 'rflo', engine: 'actors' },
      { learner: 'rflo', engine: 'kernels' },
      { learner: 'bptt', engine: 'kernels' },
      { learner: 'rtrl' },
      { learner: 'snap-1' },
    ];
    for (const learner of learners) {
      const all = await events(learner, spoilt(what));
      expect(trialsOf(all)).toHaveLength(2);
      const end = all.at(-1);
      if (end?.type !== 'failed') throw new Error('the session did not fail');
      expect(end.error.message).toContain(message);
      expect(hasDiverged(end.error)).toBe(false);
    }
  });

  it('fails a test trial, and says which; missing samples are played', () => {
    const tested = (wanted: Float64Array): Task => ({
      ...taskOf(() => masked),
      test: {
        scores: { right: { label: 'Right', better: 'higher' } },
        trials: 2,
        trial: () => ({ ...masked, target: wanted }),
        score: () => ({ right: 1 }),
      },
    });
    const session = (task: Task) => openSession({ circuit: net, task, learner: 'rflo', trials: 1 });
    expect(session(tested(target)).scores()).toEqual({ right: 1 });
    expect(() => session(tested(target.with(0, -Infinity))).scores()).toThrow(
      'test trial 1: task.target (timestep 1): channel 1 (y 0) is -Infinity',
    );
  });
});
