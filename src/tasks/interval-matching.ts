import { InputError, onlyFields, show } from '../errors/index.ts';
import { exp } from '../local/index.ts';
import type { Task } from './task.ts';

/** What an interval matching task is made of, in timesteps. */
export interface IntervalMatchingOptions {
  /** The least delay between the two pulses. Default 150. */
  readonly shortest?: number;
  /** The largest one; also fixes the length of a trial. Default 250. */
  readonly longest?: number;
  /** How long an input pulse lasts. Default 10. */
  readonly pulse?: number;
  /** The standard deviation of the answer, a bell. Default 10. */
  readonly width?: number;
  /** The silence before the first pulse. Default 20. */
  readonly before?: number;
  /** What follows after the longest answer. Default 50. */
  readonly after?: number;
}

/**
 * Interval matching: two pulses a delay apart, and the same delay after the second one the answer, one pulse.
 * Murray, eLife 8:e43299 (2019), Fig. 3.
 *
 *     x(t)      _|‾|_______|‾|________________        the first pulse begins at t0 = before + 1, the second at t0 + d
 *     target(t) _____________________/\_______        exp(-(t - t0 - 2 d)^2 / (2 width^2))
 *
 * d is drawn anew in each trial, evenly from shortest..longest. T = before + 2 longest + after, whatever d.
 */
export function intervalMatching(options: IntervalMatchingOptions = {}): Task {
  const fields = ['shortest', 'longest', 'pulse', 'width', 'before', 'after'];
  onlyFields('intervalMatching', options, fields);
  const { shortest = 150, longest = 250, pulse = 10, width = 10, before = 20, after = 50 } = options;
  const settings = { shortest, longest, pulse, width, before, after };
  for (const [field, value] of Object.entries(settings)) {
    const least = field === 'before' || field === 'after' ? 0 : 1;
    if (field === 'width' ? !(value > 0) : !(Number.isInteger(value) && value >= least)) {
      const right =
        field === 'width' ? 'a number of timesteps above 0' : `a whole number of timesteps, ${least} or more`;
      throw new InputError(`intervalMatching.${field}`, `${show(value)} is not ${right}`);
    }
  }
  if (longest < shortest) {
    throw new InputError('intervalMatching.longest', `${longest} is less than shortest, ${shortest}`);
  }
  if (pulse > shortest) {
    throw new InputError(
      'intervalMatching.pulse',
      `${pulse} timesteps run into the second pulse; give ${shortest} or less`,
    );
  }
  const timesteps = before + 2 * longest + after;
  return {
    name: 'interval matching',
    inputs: 1,
    outputs: 1,
    settings,
    trial: (_, random) => {
      const delay = shortest + Math.floor(random() * (longest - shortest + 1));
      const trial = { timesteps, input: new Float64Array(timesteps), target: new Float64Array(timesteps) };
      trial.input.fill(1, before, before + pulse).fill(1, before + delay, before + delay + pulse);
      trial.target.forEach((_value, row) => {
        const late = (row - before - 2 * delay) / width;
        trial.target[row] = exp(-(late * late) / 2);
      });
      return trial;
    },
  };
}
