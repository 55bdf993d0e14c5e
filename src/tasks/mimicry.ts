import { tanh } from '../local/index.ts';
import { drawOrthogonal, normal, orthogonal, sampler, stream, type Stream } from '../random/index.ts';
import { channels, completed, seed, timesteps, type Option } from './options.ts';
import type { Task, Trial } from './task.ts';

/** The options of mimicry. */
export interface MimicryOptions {
  /** Input channels, and also outputs. Default 32. */
  readonly channels?: number;
  /** Units of the network that is mimicked. Default 32. */
  readonly units?: number;
  /** Its time constant, in timesteps. Default 1: its units keep nothing of their last rate. */
  readonly tau?: number;
  /** Gain of its recurrent weights, which are orthogonal: the larger, the longer it remembers. Default 1. */
  readonly gain?: number;
  /** How many timesteps a sample lasts. Default 1. */
  readonly hold?: number;
  /** Samples in a trial. Default 100. */
  readonly samples?: number;
  /** Which network: another seed draws other weights. Default 1. */
  readonly seed?: number;
}

const OPTIONS = {
  ...{ channels: channels(32), units: channels(32), tau: { default: 1, least: 1, most: 1e6 } },
  ...{ gain: { default: 1, least: 0, most: 100 }, hold: timesteps(1, 1), samples: timesteps(100, 1), seed: seed(1) },
} satisfies Readonly<Record<keyof MimicryOptions, Option>>;

type Settings = Readonly<Record<keyof MimicryOptions, number>>;

/** Plays one trial, from a state that it changes. */
type Play = (h: Float64Array, random: Stream) => Trial;

/**
 * Mimicry: the target is the output of a fixed random network that receives the same fair bits. Marschall, Cho & Savin (2020).
 *
 *     h(t) = (1 - 1/tau) h(t-1) + tanh(W h(t-1) + W_in x(t) + b) / tau        target(t) = W_out h(t) + b_out,  from h(0) = 0
 *     W orthogonal times gain, W_in and W_out normal with sd 1/sqrt(number of inputs), biases Normal(0, 0.1)
 *
 * Trials are parts of one stream: with `carry: true` the learning network's state continues, as the fixed network's does. T = samples * hold.
 */
export function mimicry(options: MimicryOptions = {}): Task {
  const settings = completed('mimicry', options, OPTIONS);
  const play = playerOf(settings);
  const { units, channels: both } = settings;
  // A stream is identified by its first number. The state after the last trial is kept: trials are mostly requested in order.
  let kept = { stream: NaN, trial: 0, h: new Float64Array(units) };
  return {
    ...{ name: 'mimicry', inputs: both, outputs: both, settings },
    trial: (index, random, earlier) => {
      const first = earlier?.(1)() ?? NaN;
      if (kept.stream !== first || kept.trial >= index) kept = { stream: first, trial: 0, h: new Float64Array(units) };
      const h = kept.h.slice();
      for (let n = kept.trial + 1; n < index && earlier; n++) play(h, earlier(n));
      const trial = play(h, random);
      kept = { stream: first, trial: index, h };
      return trial;
    },
  };
}

function playerOf({ units, channels: both, tau, gain, hold, samples, seed: which }: Settings): Play {
  const matrix = (name: string, rows: number, columns: number, sd: number) =>
    Float64Array.from({ length: rows * columns }, sampler(normal({ sd }), stream(which, 'mimicry', name)));
  const W = drawOrthogonal(orthogonal({ gain }), units, units, stream(which, 'mimicry', 'recurrent'));
  const [Win, b] = [matrix('input', units, both, 1 / Math.sqrt(both)), matrix('bias', units, 1, 0.1)];
  const [Wout, bOut] = [matrix('readout', both, units, 1 / Math.sqrt(units)), matrix('readout bias', both, 1, 0.1)];
  const T = samples * hold;
  return (h, random) => {
    const trial = { timesteps: T, input: new Float64Array(T * both), target: new Float64Array(T * both) };
    const u = new Float64Array(units);
    for (let t = 0; t < T; t++) {
      const x = trial.input.subarray(t * both, (t + 1) * both);
      if (t % hold === 0) for (let k = 0; k < both; k++) x[k] = random() < 0.5 ? 0 : 1;
      else x.set(trial.input.subarray((t - 1) * both, t * both));
      for (let i = 0; i < units; i++) u[i] = b[i] + dot(W, i, h) + dot(Win, i, x);
      for (let i = 0; i < units; i++) h[i] = (1 - 1 / tau) * h[i] + tanh(u[i]) / tau;
      for (let k = 0; k < both; k++) trial.target[t * both + k] = bOut[k] + dot(Wout, k, h);
    }
    return trial;
  };
}

/** Row i of a matrix times x. */
function dot(W: Float64Array, i: number, x: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += W[i * x.length + k] * x[k];
  return sum;
}
