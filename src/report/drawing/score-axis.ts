import type { Score } from '../../tasks/index.ts';
import { linearValueAxis, logValueAxis, type ValueAxis } from './value-axis.ts';

/** The axis of a positive score for which lower is better, such as an error, is logarithmic if the ratio of its ends is at least this. */
const WIDE = 30;

/** The axis around some finite values of a score; for fractions for which higher is better it ends at 1. */
export function scoreAxis({ better }: Pick<Score, 'better'>, values: readonly number[]): ValueAxis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (better === 'lower' && low > 0 && high / low >= WIDE) return logValueAxis(values);
  return linearValueAxis(better === 'higher' && low >= 0 && high <= 1 ? [1] : values);
}
