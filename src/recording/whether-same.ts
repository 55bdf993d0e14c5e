import type { EngineComparison, LearnerSummary } from './summary.ts';

/** The result of a comparison of engines, in plain words. */
export interface Finding {
  readonly sentence: string;
  /** Whether the two should have the same bits, but do not. */
  readonly alarming: boolean;
}

/** Reports whether two learners had the same bits, and which was how many times faster. */
export function whetherSame(comparison: EngineComparison, learners: readonly LearnerSummary[]): Finding {
  const { trials, weightsAfter, firstDifference, faster, times } = comparison;
  const [one, other] = comparison.learners.map((name) => learners.find(({ learner }) => learner === name));
  const exact = one?.precision === other?.precision;
  const [first, second] = comparison.learners;
  const pace = faster === null || times === null ? '' : `; ${faster} was ${rounded(times)} times faster`;
  if (firstDifference === null) {
    const count = `${trials} ${trials === 1 ? 'trial' : 'trials'}`;
    const what = weightsAfter ? `${count} and in the weights they led to` : `the ${count} that both did`;
    return { sentence: `${first} and ${second} have the same bits in ${what}${pace}.`, alarming: false };
  }
  const { trial, what } = firstDifference;
  const when = trial === null ? 'before learning' : `from trial ${trial} on`;
  const why = exact ? 'in float64 they should have the same bits' : 'one of them in float32';
  return {
    sentence: `${first} and ${second} ${exact ? 'DIFFER' : 'differ'} ${when} (${what}), ${why}${pace}.`,
    alarming: exact,
  };
}

function rounded(times: number): string {
  return times < 10 ? times.toFixed(1) : String(Math.round(times));
}
