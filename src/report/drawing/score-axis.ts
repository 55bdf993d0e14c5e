import type { Score } from '../../tasks/index.ts';
import { linearValueAxis, logValueAxis, type ValueAxis } from './value-axis.ts';

/** From this ratio of its ends on, the axis of a score above 0 of which less is better, such as an error, is logarithmic. */
const WIDE = 30;

/** The axis around some finite values of a score; of fractions of which more is better it goes to 1. */
export function scoreAxis({ better }: Pick<Score, 'better'>, values: readonly number[]): ValueAxis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (better === 'lower' && low > 0 && high / low >= WIDE) return logValueAxis(values);
  return linearValueAxis(better === 'higher' && low >= 0 && high <= 1 ? [1] : values);
}
