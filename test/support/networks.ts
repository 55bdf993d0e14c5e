import { circuit, type Circuit } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, stream, uniform } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';

/** The network of three matrices: 2 inputs x, a recurrent population h, 2 outputs y, feedback from y to h. */
export function threeMatrices({
  units = 4,
  rate = 0.5,
  recurrentDelay = 1,
  inputDelay = 0,
}: { units?: number; rate?: number; recurrentDelay?: number; inputDelay?: number } = {}): Circuit<'rflo' | 'delta'> {
  return circuit({
    neurons: { x: input(2), h: leakyTanh(units, { tau: 2, initial: 0.1 }), y: linear(2) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.8 }), delay: recurrentDelay, rule: rflo({ eta: rate }) },
      input: { from: 'x', to: 'h', weights: normal({ sd: 0.8 }), delay: inputDelay, rule: rflo({ eta: rate }) },
      readout: { from: 'h', to: 'y', weights: uniform(-1, 1), rule: delta({ eta: rate }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

/** The paper's example: N recurrent units, one output. Murray, eLife 8:e43299 (2019). */
export function paperExample(units = 50): Circuit<'rflo' | 'delta'> {
  const end = 0.1 / Math.sqrt(units);
  return circuit({
    neurons: { h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(units) }), rule: rflo({ eta: 0.03 }) },
      readout: { from: 'h', to: 'y', weights: uniform(-end, end), rule: delta({ eta: 0.03 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

/** Random signals for 2 inputs and 2 outputs, in every trial others. */
export function noise(timesteps = 6): Task {
  return {
    name: 'noise',
    inputs: 2,
    outputs: 2,
    settings: { timesteps },
    trial: (_, random) => {
      const signal = () => Float64Array.from({ length: timesteps * 2 }, () => 2 * random() - 1);
      return { timesteps, input: signal(), target: signal() };
    },
  };
}

/** One trial of noise. */
export function noiseTrial(timesteps = 6, seed = 1): Trial {
  return noise(timesteps).trial(1, stream(seed, 'noise'));
}
