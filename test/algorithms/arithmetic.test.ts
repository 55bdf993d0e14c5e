import { beforeAll, describe, expect, it } from 'vitest';
import { dni, dniB, eBptt, fBptt, kernl, kfRtrl, nodePerturbation, ok, rKfRtrl, uoro, weightPerturbation, withKernels } from '../../src/algorithms/index.ts'; // prettier-ignore
import { build, circuit, type BuiltCircuit, type FeedbackKind } from '../../src/circuit/index.ts';
import { InputError } from '../../src/errors/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { plainMemory, snap, type LearningAlgorithm } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from '../support/heart.ts';

// An online algorithm has the same bits, whether kernels do its arithmetic or ordinary loops.

const LEARNERS: readonly LearningAlgorithm[] = [
  uoro(),
  kernl({ eta: 0.1, sigma: 0.01 }),
  dni({ creditRate: 0.01, hold: 2 }),
  dniB({ creditRate: 0.01, decay: 0.1 }),
  eBptt(4),
  fBptt(3),
  nodePerturbation({ sigma: 0.01, decay: 0.9 }),
  nodePerturbation({ sigma: 0.01 }),
  kfRtrl(),
  rKfRtrl({ nu: 'normal' }),
  ok(2),
  weightPerturbation({ sigma: 0.01 }),
  snap(1),
];

/** Every synapse is there, and the sizes fill no vector. */
const whole = (units: number, delay: number) =>
  build(
    circuit({
      neurons: { x: input(2), h: leakyTanh(units, { tau: 2, initial: 0.1 }), y: linear(3) },
      synapses: {
        recurrent: { from: 'h', to: 'h', delay, weights: normal({ sd: 0.3 }), rule: rflo({ eta: 0.1 }) },
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.1 }) },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.3 }), rule: delta({ eta: 0.1 }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    units,
    { carry: delay === 2 },
  );

const trialOf = (timesteps: number): Trial => ({
  timesteps,
  input: Float64Array.from({ length: 2 * timesteps }, (_, t) => Math.sin(2 * t + 1)),
  target: Float64Array.from({ length: 3 * timesteps }, (_, t) => Math.cos(t)),
});

/** Losses, weights and all that is carried, after some trials. */
function learned(
  algorithm: LearningAlgorithm,
  built: BuiltCircuit,
  trials: readonly Trial[],
  {
    isPlain,
    online,
    feedback,
  }: { readonly isPlain: boolean; readonly online: boolean; readonly feedback: FeedbackKind },
) {
  const schedule = online && algorithm.causal ? 'online' : 'trial';
  const how = { schedule, feedback, seed: 1, ...(isPlain && { memory: plainMemory }) } as const;
  const engine = algorithm.open(built, withKernels(built, how));
  const losses = trials.map((trial) => engine.trial(trial));
  return { losses, weights: engine.weights(), carried: engine.carried() };
}

describe('an online algorithm has the same bits by kernels', () => {
  beforeAll(loadKernels);

  it.each(LEARNERS.map((one) => [one.name, one] as const))('%s, with every synapse', (_, algorithm) => {
    // The second trial is shorter, and the third longer, than the one before.
    const trials = [5, 3, 8].map(trialOf);
    for (const [units, delay, online] of [
      [9, 1, true],
      [6, 2, true],
      [7, 1, false],
    ] as const) {
      // prettier-ignore
      const how = { online, feedback: online ? 'symmetric' : 'random' } as const;
      const [fast, plain] = [false, true].map((isPlain) =>
        learned(algorithm, whole(units, delay), trials, { isPlain, ...how }),
      );
      expect(fast).toEqual(plain);
      expect(fast.losses.every(Number.isFinite)).toBe(true);
    }
  });

  it.each(LEARNERS.map((one) => [one.name, one] as const))(
    '%s, whether weights change in the pass over the synapses, or somebody looks at the gradient first',
    (_, algorithm) => {
      const [inPass, after] = [false, true].map((isWatched) => {
        const built = whole(9, 1);
        const schedule = algorithm.causal ? 'online' : 'trial';
        const engine = algorithm.open(built, withKernels(built, { schedule, feedback: 'symmetric', seed: 1 }));
        let seen = 0;
        const onPhase = () => seen++;
        const losses = [5, 3, 8].map((length) => engine.trial(trialOf(length), isWatched ? { onPhase } : {}));
        expect(seen).toBe(isWatched ? 3 * 16 : 0);
        return { losses, weights: engine.weights(), carried: engine.carried() };
      });
      expect(inPass).toEqual(after);
    },
  );

  it.each(LEARNERS.map((one) => [one.name, one] as const))(
    '%s, on circuits over the whole language',
    (_, algorithm) => {
      let same = 0;
      for (const seed of [3, 6, 8, 11, 20]) {
        const { built, trial } = heartCircuit(seed, seed % 10 === 0 ? { repeats: 'times' } : {});
        try {
          const [fast, plain] = [false, true].map((isPlain) =>
            learned(algorithm, built, [trial, trial], { isPlain, online: true, feedback: 'random' }),
          );
          expect(fast).toEqual(plain);
          same++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }
      expect(same).toBeGreaterThan(1);
    },
  );

  it('goes on with weights that are finite, though their sum is not', () => {
    const built = build(
      circuit({
        neurons: { x: input(2), h: leakyTanh(5, { tau: 2, initial: 0.1 }), y: linear(3) },
        synapses: {
          input: { from: 'x', to: 'h', weights: constant(1e308), rule: rflo({ eta: 0.1 }) },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 0.1 }) },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      }),
      1,
    );
    const how = { schedule: 'online', feedback: 'random', seed: 1 } as const;
    const engine = nodePerturbation().open(built, withKernels(built, how));
    const silent = { ...trialOf(3), input: new Float64Array(6) };
    expect(engine.trial(silent)).toBeGreaterThan(0);
    expect(engine.weights()['input']).toEqual(new Float64Array(10).fill(1e308));
  });
});
