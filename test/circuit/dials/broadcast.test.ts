import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../../src/actors/index.ts';
import { build, circuit, type Broadcast, type BuiltCircuit, type Engine } from '../../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../../src/neurons/index.ts';
import { normal } from '../../../src/random/index.ts';
import { delta, kolenPollackFeedback, rflo } from '../../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../../src/solvers/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import { noiseTrial } from '../../support/networks.ts';
import { bytes, changesOf } from '../../support/weights.ts';

/** One silent hidden neuron that hears two outputs, whose errors are the targets. */
function heard(broadcast: Broadcast, target: readonly number[], { trials = 1, seed = 1 } = {}): number[] {
  const built = build(
    circuit({
      neurons: { h: linear(1), y: linear(2) },
      synapses: { readout: { from: 'h', to: 'y', weights: [[1], [1]] } },
      feedback: { error: { from: 'y', to: 'h', weights: [[1, 1000]], broadcast } },
    }),
    seed,
  );
  const engine = new ActorEngine(built, { schedule: 'trial', feedback: 'random' });
  const signals: number[] = [];
  engine.neuron('h', 0).signal$.subscribe((signal) => signals.push(signal));
  const trial = { timesteps: target.length / 2, input: new Float64Array(0), target: Float64Array.from(target) };
  for (let number = 0; number < trials; number++) engine.trial(trial);
  return signals;
}

const one = (errors: readonly number[]) => errors.flatMap((e) => [e, 0]);

describe('the broadcast error', () => {
  it('comes after its delay, every trial from silence', () => {
    expect(heard({ delay: 2 }, one([1, 2, 3, 4]), { trials: 2 })).toEqual([0, 0, 1, 2, 0, 0, 1, 2]);
    expect(heard({ delay: 4 }, one([1, 2, 3, 4]))).toEqual([0, 0, 0, 0]);
  });

  it('is sent only at timesteps that are multiples of `every`', () => {
    expect(heard({ every: 3 }, one([1, 2, 3, 4, 5, 6, 7]))).toEqual([0, 0, 3, 0, 0, 6, 0]);
  });

  it('is sent only where it exceeds the threshold, in magnitude, each output for itself', () => {
    expect(heard({ threshold: 2 }, [1, -3, 2, 2, -2.5, 1])).toEqual([-3000, 0, -2.5]);
  });

  it('has so many bits', () => {
    expect(heard({ bits: 1, range: 0.5 }, one([0.1, -7, 0]))).toEqual([0.5, -0.5, 0]);
    expect(heard({ bits: 3 }, one([0.3, -0.6, 5, 0.1]))).toEqual([1 / 3, -2 / 3, 1, 0]);
  });

  it('is dropped with its probability, each output for itself, each trial anew, by the seed', () => {
    const ones = Array.from({ length: 1000 }, () => 1);
    const kept = (drop: number, output: 0 | 1, options = {}) =>
      heard({ drop }, ones, options).map((signal) => (output ? Math.floor(signal / 1000) : signal % 1000));
    for (const output of [0, 1] as const) {
      const count = kept(0.3, output).reduce((sum, value) => sum + value, 0);
      expect(count).toBeGreaterThan(310);
      expect(count).toBeLessThan(390);
    }
    expect(kept(0.3, 0)).not.toEqual(kept(0.3, 1));
    expect(kept(0.3, 0)).toEqual(kept(0.3, 0));
    expect(kept(0.3, 0, { seed: 2 })).not.toEqual(kept(0.3, 0));
    const twice = kept(0.3, 0, { trials: 2 });
    expect(twice.slice(0, 500)).not.toEqual(twice.slice(500));
    expect(kept(1, 0).every((value) => value === 0)).toBe(true);
    expect(kept(0, 0).every((value) => value === 1)).toBe(true);
  });

  it('goes through threshold, bits, every and delay in this order', () => {
    // A small error would be rounded up to a sign, were the threshold not first; what is sent at even timesteps comes one later.
    expect(heard({ threshold: 1, bits: 1, every: 2, delay: 1 }, one([5, 0.5, 5, 3, 5, -9, 5]))).toEqual([
      0, 0, 0, 0, 1, 0, -1,
    ]);
  });
});

function network(broadcast: Broadcast): BuiltCircuit {
  const rate = 0.5;
  return build(
    circuit({
      neurons: { x: input(2), h: leakyTanh(4, { tau: 2 }), y: linear(2) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.8 }), rule: rflo({ eta: rate }) },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: rate }) },
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: rate }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal(), broadcast } },
    }),
    1,
  );
}

const options = { schedule: 'trial', feedback: 'random' } as const;
const learners: readonly [string, (built: BuiltCircuit) => Engine][] = [
  ['local', (built) => new ActorEngine(built, options)],
  ['bptt', (built) => new Bptt(built, options)],
  ['rtrl', (built) => new Rtrl(built, options)],
];

describe.each(learners)('a learner of feedback, %s', (_, engineOf) => {
  it('learns nothing from errors delayed beyond the trial, while the readout learns as ever', () => {
    const late = changesOf(engineOf(network({ delay: 6 })), noiseTrial(6));
    expect([...late['recurrent'], ...late['input']].every((change) => change === 0)).toBe(true);
    expect(late['readout']).toEqual(changesOf(engineOf(network({})), noiseTrial(6))['readout']);
    const justInTime = changesOf(engineOf(network({ delay: 5 })), noiseTrial(6));
    expect(justInTime['recurrent'].every((change) => change !== 0)).toBe(true);
  });

  it('learns from the error of t - delay: as from a target that is that much late', () => {
    // The hidden neurons do not depend on the target, and with the readout at 0 the error is the target.
    const silent = (engine: Engine, trial: Trial) => {
      engine.setWeights({ ...engine.weights(), readout: new Float64Array(8) });
      return changesOf(engine, trial)['recurrent'];
    };
    const [trial, late] = [noiseTrial(6), noiseTrial(6)];
    late.target.fill(0, 0, 4);
    late.target.set(trial.target.subarray(0, 8), 4);
    expect(silent(engineOf(network({ delay: 2 })), trial)).toEqual(silent(engineOf(network({})), late));
  });
});

it('what relearns feedback hears the error as it arrives', () => {
  const built = build(
    circuit({
      neurons: { x: input(1), h: linear(1), y: linear(1) },
      synapses: { input: { from: 'x', to: 'h', weights: [[1]] }, readout: { from: 'h', to: 'y', weights: [[0]] } },
      feedback: {
        error: {
          ...{ from: 'y', to: 'h', weights: [[0]] },
          rule: kolenPollackFeedback({ eta: 1, decay: 0 }),
          broadcast: { delay: 1 },
        },
      },
    }),
    1,
  );
  const engine = new ActorEngine(built, options);
  engine.trial({ timesteps: 2, input: Float64Array.of(3, 5), target: Float64Array.of(7, 11) });
  // Only 7 arrives, at t = 2, where h is 5; divided by T = 2.
  expect(engine.carried()).toEqual({ 'feedback.error': Float64Array.of(35 / 2) });
});

it('references with symmetric feedback are exact: they do not hear the broadcast', () => {
  for (const solver of [Bptt, Rtrl]) {
    const changes = [{}, { delay: 3, bits: 1, drop: 0.5 }].map((broadcast) => {
      const engine = new solver(network(broadcast), { schedule: 'trial', feedback: 'symmetric' });
      engine.trial(noiseTrial());
      return bytes(engine.weights());
    });
    expect(changes[1]).toBe(changes[0]);
  }
});
