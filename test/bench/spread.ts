/** What several measurements of the same come to. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param numbers At least one. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

/**
 * a/b round by round: both took their turn in the same round, so that a machine that grows slower slows both.
 * Hence the spread of the ratios, and not the ratio of the medians.
 */
export function ratiosOf(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) throw new Error(`${a.length} rounds beside ${b.length}`);
  return a.map((value, round) => value / b[round]);
}
