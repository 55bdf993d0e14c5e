import { InputError, show } from '../errors/index.ts';
import { pow } from '../local/index.ts';

/** The factor of the changes of trial `trial` (from 1) if learning rates halve in `halfLife` trials: 2^(-(trial - 1) / halfLife). */
export function paceOf(trial: number, halfLife: number): number {
  return halfLife === 0 ? 1 : pow(2, (1 - trial) / halfLife);
}

/** @throws InputError if learning rates cannot halve in this many trials. */
export function checkHalfLife(halfLife: number): void {
  if (Number.isFinite(halfLife) && halfLife >= 0) return;
  throw new InputError(
    'rateHalfLife',
    `${show(halfLife)} is not a number of trials; give one above 0, or 0 for learning rates that do not fall`,
  );
}
