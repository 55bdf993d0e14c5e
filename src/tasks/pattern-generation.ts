import sin from '@stdlib/math-base-special-sin';
import { stream } from '../random/index.ts';
import { channels, completed, probability, seed, timesteps, type Option } from './options.ts';
import type { Task } from './task.ts';

/** The options of pattern generation. */
export interface PatternGenerationOptions {
  /** Input channels. Default 100. */
  readonly channels?: number;
  /** T. Default 1000. */
  readonly timesteps?: number;
  /** The probability of a spike of an input channel at a timestep. Default 0.05. */
  readonly rate?: number;
  /** Which pattern: another seed draws other spikes and another target. Default 1. */
  readonly seed?: number;
}

const OPTIONS = {
  channels: channels(100),
  timesteps: timesteps(1000, 2),
  rate: probability(0.05),
  seed: seed(1),
} satisfies Readonly<Record<keyof PatternGenerationOptions, Option>>;

/** Periods of the sines, in thousandths of a trial. */
const PERIODS = [1000, 500, 333, 200];

/**
 * Pattern generation: the input is the same spikes in every trial, the target a sum of four sines. Bellec et al., Nat. Commun. 11:3625
 * (2020), Fig. 2 and their public code.
 *
 *     target(t) = sum_m a_m sin(2 pi c_m (t-1)/(T-1) + phi_m),  m = 1..4,  then shifted to begin at 0, and scaled to a largest absolute value of 1
 *     a_m in 0.5..2, phi_m in 0..2 pi; c_m whole cycles of 1000, 500, 333 and 200 thousandths of a trial: 1, 2, 3 and 5
 */
export function patternGeneration(options: PatternGenerationOptions = {}): Task {
  const settings = completed('patternGeneration', options, OPTIONS);
  const { channels: inputs, timesteps: T, rate } = settings;
  const spikes = stream(settings.seed, 'pattern generation', 'spikes');
  const input = Float64Array.from({ length: T * inputs }, () => (spikes() < rate ? 1 : 0));
  const trial = { timesteps: T, input, target: sines(T, stream(settings.seed, 'pattern generation', 'target')) };
  return { name: 'pattern generation', inputs, outputs: 1, settings, trial: () => trial };
}

function sines(T: number, random: () => number): Float64Array {
  const parts = PERIODS.map((period) => ({
    cycles: Math.floor(1000 / period),
    amplitude: 0.5 + 1.5 * random(),
    phase: 2 * Math.PI * random(),
  }));
  const sum = Float64Array.from({ length: T }, (_, row) =>
    parts.reduce(
      (total, { cycles, amplitude, phase }) => total + amplitude * sin((2 * Math.PI * cycles * row) / (T - 1) + phase),
      0,
    ),
  );
  const shifted = sum.map((value) => value - sum[0]);
  const largest = shifted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return shifted.map((value) => value / largest);
}
