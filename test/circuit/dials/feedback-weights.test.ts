import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../../src/actors/index.ts';
import { alignment } from '../../../src/analysis/index.ts';
import {
  build,
  carrier,
  circuit,
  type BuiltCircuit,
  type Engine,
  type Feedback,
  type FeedbackKind,
  type Schedule,
} from '../../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../../src/neurons/index.ts';
import { constant, normal, uniform, type Distribution } from '../../../src/random/index.ts';
import { delta, kolenPollack, kolenPollackFeedback, rflo } from '../../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../../src/solvers/index.ts';
import { expectBits } from '../../support/agreement.ts';
import { noiseTrial } from '../../support/networks.ts';
import { bytes } from '../../support/weights.ts';

/** 2 inputs, 5 recurrent neurons, 2 outputs; the feedback as it is asked for. */
function made(
  error: Partial<Feedback<'x' | 'h' | 'y'>>,
  { seed = 1, readout = uniform(-1, 1) }: { seed?: number; readout?: Distribution } = {},
): BuiltCircuit {
  const rate = 0.5;
  return build(
    circuit({
      neurons: { x: input(2), h: leakyTanh(5, { tau: 2, initial: 0.1 }), y: linear(2) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.4 }), rule: rflo({ eta: rate }) },
        input: { from: 'x', to: 'h', weights: normal({ sd: 0.8 }), rule: rflo({ eta: rate }) },
        readout: { from: 'h', to: 'y', weights: readout, rule: delta({ eta: rate }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal(), ...error } },
    }),
    seed,
  );
}

const drawn = (seed = 1) => made({}, { seed }).feedback[0].weights;
const b = (error: Partial<Feedback<'x' | 'h' | 'y'>>, seed = 1) => [...made(error, { seed }).feedback[0].weights];
const transposed = (seed = 1) => b({ angle: 0 }, seed);
const dot = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, k) => sum + value * other[k], 0);
const size = (values: readonly number[]) => Math.sqrt(dot(values, values));
const angles = fc.integer({ min: 0, max: 90 });
const seeds = fc.nat(1000);

/** All weights after some trials. */
function learned(engine: Engine, trials = 3): string {
  for (let trial = 1; trial <= trials; trial++) engine.trial(noiseTrial(6, trial));
  return bytes(engine.weights());
}

describe('feedback held at an angle', () => {
  it('stands at that angle to the readout transposed, is as large, and leans to the drawn weights', () => {
    fc.assert(
      fc.property(angles, seeds, (angle, seed) => {
        const [held, w] = [b({ angle }, seed), transposed(seed)];
        expect(dot(held, w) / (size(held) * size(w))).toBeCloseTo(Math.cos((angle * Math.PI) / 180), 10);
        expect(size(held)).toBeCloseTo(size(w), 10);
        // In the plane of the readout and the drawn weights, on the drawn ones' side.
        const r = [...drawn(seed)];
        const across = r.map((value, k) => value - (dot(r, w) / dot(w, w)) * w[k]);
        if (angle > 0)
          expect(dot(held, across) / (size(w) * size(across))).toBeCloseTo(Math.sin((angle * Math.PI) / 180), 10);
      }),
    );
  });

  it('is the readout transposed at 0 and has nothing of it at 90', () => {
    const { groups, feedback } = made({ angle: 0 });
    const w = groups[2].weights;
    expect([...feedback[0].weights]).toEqual(
      Array.from({ length: 10 }, (_, at) => w[(at % 2) * 5 + Math.floor(at / 2)]),
    );
    expect(Math.abs(dot(b({ angle: 90 }), transposed()))).toBeLessThan(1e-14);
  });

  it.each<Schedule>(['trial', 'online'])('follows the readout as it learns, schedule %s', (schedule) => {
    for (const angle of [0, 25, 90]) {
      const built = made({ angle });
      const engine = new ActorEngine(built, { schedule, feedback: 'random' });
      const before = engine.weights();
      for (let trial = 1; trial <= 3; trial++) {
        engine.trial(noiseTrial(6, trial));
        expect(alignment(built, engine.weights())).toBeCloseTo(Math.cos((angle * Math.PI) / 180), 12);
      }
      expect(engine.weights()['readout']).not.toEqual(before['readout']);
      // What a neuron hears is B e, with the B that follows from the readout as it is now.
      const hears = new ActorEngine(built, { schedule: 'trial', feedback: 'random' });
      hears.setWeights(engine.weights());
      const [errors, signals]: [number[][], number[]] = [[], []];
      hears.error$.subscribe((error) => errors.push([...error]));
      hears.neuron('h', 3).signal$.subscribe((signal) => signals.push(signal));
      hears.trial(noiseTrial(3));
      const [held, w] = [new Float64Array(10), engine.weights()['readout']];
      const { carriage } = built.feedback[0];
      if (carriage) carrier(carriage, 2, () => (k) => w[k])(held);
      signals.forEach((signal, t) => {
        expect(signal).toBeCloseTo(held[6] * errors[t][0] + held[7] * errors[t][1], 12);
      });
    }
  });

  it('at 0 has the bits of symmetric feedback, and neither at 1 nor with free feedback', () => {
    for (const schedule of ['trial', 'online'] as const) {
      const run = (error: Partial<Feedback<'x' | 'h' | 'y'>>, feedback: FeedbackKind) =>
        learned(new ActorEngine(made(error), { schedule, feedback }));
      const symmetric = run({}, 'symmetric');
      expect(run({ angle: 0 }, 'random')).toBe(symmetric);
      expect(run({ angle: 1 }, 'random')).not.toBe(symmetric);
      expect(run({}, 'random')).not.toBe(symmetric);
      // The learner's own symmetric feedback comes before all that the circuit says of its weights.
      for (const error of [{ angle: 60 }, { bits: 1 }, { sparsity: 0.5 }, { rule: kolenPollackFeedback() }]) {
        expect(run(error, 'symmetric')).toBe(symmetric);
      }
    }
  });

  it('is 0 where the readout is 0, and cos(angle) of the readout where the drawn weights have no direction of their own', () => {
    const zeros = made({ angle: 40 }, { readout: constant(0) });
    expect([...zeros.feedback[0].weights].every((value) => value === 0)).toBe(true);
    const half = [...made({ angle: 60, weights: constant(0) }).feedback[0].weights];
    half.forEach((value, at) => {
      expect(value).toBeCloseTo(transposed()[at] / 2, 14);
    });
    const parallel = [...made({ angle: 60, weights: constant(3) }, { readout: constant(0.7) }).feedback[0].weights];
    parallel.forEach((value) => {
      expect(value).toBeCloseTo(0.35, 14);
    });
  });
});

describe('feedback weights', () => {
  it('are silent in the share asked for, for good, the same for one seed', () => {
    const wide = (sparsity: number, seed: number) =>
      build(
        circuit({
          neurons: { h: linear(100), y: linear(20) },
          synapses: { readout: { from: 'h', to: 'y', weights: normal() } },
          feedback: { error: { from: 'y', to: 'h', weights: normal(), sparsity } },
        }),
        seed,
      ).feedback[0].weights;
    const [free, half] = [wide(0, 1), wide(0.5, 1)];
    const silent = half.filter((value) => value === 0).length;
    expect(silent).toBeGreaterThan(900);
    expect(silent).toBeLessThan(1100);
    half.forEach((value, at) => {
      expect([0, free[at]]).toContain(value);
    });
    expect(wide(0.5, 1)).toEqual(half);
    expect(wide(0.5, 2).map((value) => Number(value === 0))).not.toEqual(half.map((value) => Number(value === 0)));
    expect(wide(1, 1).every((value) => value === 0)).toBe(true);
  });

  it('of one bit are signs, as large as the drawn weights on average; of more, evenly spaced up to the largest', () => {
    const r = [...drawn()];
    const root = size(r) / Math.sqrt(r.length);
    b({ bits: 1 }).forEach((value, at) => {
      expect(value).toBeCloseTo(Math.sign(r[at]) * root, 14);
    });
    b({ bits: 1, range: 0.3 }).forEach((value, at) => {
      expect(value).toBe(Math.sign(r[at]) * 0.3);
    });
    const largest = Math.max(...r.map(Math.abs));
    const step = largest / 7;
    b({ bits: 4 }).forEach((value, at) => {
      expect(value / step).toBeCloseTo(Math.round(value / step), 10);
      expect(Math.abs(value - r[at])).toBeLessThanOrEqual(step / 2 + 1e-12);
    });
    expect(Math.max(...b({ bits: 4 }).map(Math.abs))).toBeCloseTo(largest, 12);
  });

  it('at angle 0 and of one bit have the signs of the readout, also after it has learned', () => {
    const built = made({ angle: 0, bits: 1, range: 1 });
    const engine = new ActorEngine(built, { schedule: 'online', feedback: 'random' });
    engine.trial(noiseTrial(6));
    const signals: number[] = [];
    engine.neuron('h', 2).signal$.subscribe((signal) => signals.push(signal));
    const errors: number[][] = [];
    engine.error$.subscribe((error) => errors.push([...error]));
    const w = engine.weights()['readout'];
    engine.trial(noiseTrial(1, 9));
    expect(signals[0]).toBe(0 + Math.sign(w[2]) * errors[0][0] + Math.sign(w[7]) * errors[0][1]);
  });

  it('are shared: two populations hear the same', () => {
    const built = build(
      circuit({
        neurons: { g: leakyTanh(3), h: leakyTanh(3), y: linear(2) },
        synapses: {
          gh: { from: 'g', to: 'h', weights: normal() },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 1 }) },
        },
        feedback: {
          deep: { from: 'y', to: 'g', shares: 'error' },
          error: { from: 'y', to: 'h', weights: normal(), angle: 30 },
        },
      }),
      1,
    );
    const engine = new ActorEngine(built, { schedule: 'online', feedback: 'random' });
    const [g, h]: [number[], number[]] = [[], []];
    engine.neuron('g', 1).signal$.subscribe((signal) => g.push(signal));
    engine.neuron('h', 1).signal$.subscribe((signal) => h.push(signal));
    engine.trial({ timesteps: 4, input: new Float64Array(0), target: Float64Array.of(1, 2, -1, 1, 2, 2, 1, 0) });
    expect(g).toEqual(h);
    expect(new Set(g).size).toBe(4);
  });

  it('with every dial at its neutral setting change no bit', () => {
    const neutral = {
      sparsity: 0,
      bits: Infinity,
      broadcast: { delay: 0, every: 1, bits: Infinity, drop: 0, threshold: 0 },
    };
    const [plain, turned] = [made({}), made(neutral)];
    expectBits('B', turned.feedback[0].weights, plain.feedback[0].weights);
    expect(turned.feedback[0]).toEqual(plain.feedback[0]);
    const options = { schedule: 'online', feedback: 'random' } as const;
    expect(learned(new ActorEngine(turned, options))).toBe(learned(new ActorEngine(plain, options)));
  });
});

describe('relearned feedback', () => {
  const [rate, decay] = [0.2, 0.05];
  const relearning = (schedule: Schedule) => {
    const built = build(
      circuit({
        neurons: { x: input(2), h: leakyTanh(5, { tau: 2 }), y: linear(2) },
        synapses: {
          input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.1 }) },
          readout: { from: 'h', to: 'y', weights: normal(), rule: kolenPollack({ eta: rate, decay }) },
        },
        feedback: {
          error: { from: 'y', to: 'h', weights: normal(), rule: kolenPollackFeedback({ eta: rate, decay }) },
        },
      }),
      1,
    );
    return { built, engine: new ActorEngine(built, { schedule, feedback: 'random' }) };
  };

  it('of Kolen and Pollack becomes the readout transposed: their difference shrinks by 1 - decay in a trial', () => {
    const { built, engine } = relearning('trial');
    const difference = () => {
      const [w, back] = [engine.weights()['readout'], engine.carried()['feedback.error']];
      return [...back].map((value, at) => value - w[(at % 2) * 5 + Math.floor(at / 2)]);
    };
    const before = difference();
    for (let trial = 1; trial <= 20; trial++) engine.trial(noiseTrial(6, trial));
    difference().forEach((value, at) => {
      expect(value).toBeCloseTo(before[at] * (1 - decay) ** 20, 10);
    });
    expect(alignment(built, engine.weights())).toBeLessThan(0.9); // B as it began
    for (let trial = 21; trial <= 300; trial++) engine.trial(noiseTrial(6, trial));
    expect(alignment(built, { ...engine.weights(), ...engine.carried() })).toBeGreaterThan(0.9999);
  });

  it('is what the neurons hear, and goes on from what was carried', () => {
    for (const schedule of ['trial', 'online'] as const) {
      const [one, other] = [relearning(schedule).engine, relearning(schedule).engine];
      learned(one, 5);
      other.setWeights(one.weights());
      other.setCarried(one.carried());
      expect(learned(other, 2)).toBe(learned(one, 2));
      const without = relearning(schedule).engine;
      without.setWeights(one.weights());
      other.setWeights(one.weights());
      expect(learned(without, 1)).not.toBe(learned(other, 1));
    }
  });

  it('transmits nothing', () => {
    const { engine } = relearning('trial');
    const zeroed = relearning('trial').engine;
    zeroed.setCarried({ 'feedback.error': new Float64Array(10) });
    const trial = noiseTrial(5);
    expect(zeroed.trial(trial, { learn: false })).toBe(engine.trial(trial, { learn: false }));
  });

  it('is refused by references, which run no rules, unless they use the readout instead', () => {
    const { built } = relearning('trial');
    for (const solver of [Bptt, Rtrl]) {
      expect(() => new solver(built, { schedule: 'trial', feedback: 'random' })).toThrow(
        /^feedback\.error\.rule: relearns the feedback weights, which (bptt|rtrl) cannot/,
      );
      expect(new solver(built, { schedule: 'trial', feedback: 'symmetric' }).trial(noiseTrial())).toBeGreaterThan(0);
    }
  });
});
