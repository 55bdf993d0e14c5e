import sin from '@stdlib/math-base-special-sin';
import { InputError, onlyFields, show } from '../errors/index.ts';
import type { Task } from './task.ts';

/** The most timesteps of a period: a typo in an option must not fill the memory. */
const LONGEST = 10_000_000;

/**
 * Periodic output: no input; each trial is one period of a sum of sines. Murray, eLife 8:e43299 (2019), Fig. 2.
 *
 *     target(t) = sin(2 pi t/T) + 0.5 sin(4 pi t/T) + 0.25 sin(8 pi t/T)
 *
 * @param period T, in timesteps.
 */
export function periodic(options: { period?: number } = {}): Task {
  onlyFields('periodic', options, ['period']);
  const { period = 100 } = options;
  if (!Number.isInteger(period) || period < 1 || period > LONGEST) {
    throw new InputError('periodic.period', `${show(period)} is not a whole number of timesteps from 1 to ${LONGEST}`);
  }
  const target = Float64Array.from({ length: period }, (_, row) => {
    const angle = (2 * Math.PI * (row + 1)) / period;
    return sin(angle) + 0.5 * sin(2 * angle) + 0.25 * sin(4 * angle);
  });
  const trial = { timesteps: period, input: new Float64Array(0), target };
  return { name: 'periodic', inputs: 0, outputs: 1, settings: { period }, trial: () => trial };
}
