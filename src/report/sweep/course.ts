import { quartiles, type Quartiles } from '../../analysis/index.ts';
import type { RealizationData } from '../../recording/index.ts';

/** The most stretches of trials that a course is drawn in. */
const mostStretches = 120;

/** A stretch of trials, with the median and quartiles over the realizations of a cell. */
export interface CoursePoint extends Quartiles {
  /** The geometric mean of its first and last. */
  readonly trial: number;
}

/** The value of a realization that is followed over its trials. */
export interface CourseOptions {
  readonly values: (realization: RealizationData) => Float64Array;
  /** The value that counts once it has diverged. */
  readonly diverged: number;
}

/**
 * The course of a cell: trials are grouped into stretches of equal width on a logarithmic axis; each has the median and quartiles, over the
 * realizations, of the medians within it. A realization that ended early because it had learned keeps its last value; one that failed
 * without diverging is left out.
 */
export function courseOf(
  realizations: readonly (RealizationData | null)[],
  { values, diverged }: CourseOptions,
): readonly CoursePoint[] {
  const known = realizations.flatMap((one) => (one === null || one.ended === 'failed' ? [] : [one]));
  const last = Math.max(0, ...known.map(({ losses }) => losses.length));
  return stretches(last).map(([from, to]) => ({
    trial: Math.sqrt((from + 1) * to),
    ...quartiles(
      known.map((one) => {
        const all = values(one);
        if (from < all.length) return quartiles(all.subarray(from, to)).median;
        return one.ended === 'diverged' ? diverged : (all.at(-1) ?? NaN);
      }),
    ),
  }));
}

/**
 * The course of a score: at every trial after which any realization was tested, the median and quartiles over the realizations of their
 * latest test so far. A realization that failed without diverging is left out.
 *
 * @param diverged The value that counts once a realization has diverged.
 */
export function scoreCourseOf(
  realizations: readonly (RealizationData | null)[],
  score: string,
  diverged: number,
): readonly CoursePoint[] {
  const known = realizations.flatMap((one) => (one === null || one.ended === 'failed' ? [] : [one]));
  const trials = [...new Set(known.flatMap(({ tested }) => [...tested.trials]))].sort((one, other) => one - other);
  const after = (trial: number, { tested, ended, losses }: RealizationData): number => {
    if (ended === 'diverged' && trial > losses.length) return diverged;
    const last = tested.trials.findLastIndex((each) => each <= trial);
    return last < 0 || !Object.hasOwn(tested.scores, score) ? NaN : tested.scores[score][last];
  };
  return trials.map((trial) => ({ trial, ...quartiles(known.map((one) => after(trial, one))) }));
}

/** Pairs [from, to): trials counted from 0, `to` excluded. */
function stretches(trials: number): (readonly [number, number])[] {
  const ratio = trials ** (1 / mostStretches);
  const found: (readonly [number, number])[] = [];
  for (let from = 0; from < trials;) {
    const to = Math.min(trials, Math.max(from + 1, Math.round(from * ratio)));
    found.push([from, to]);
    from = to;
  }
  return found;
}
