/** A point of a histogram's outline: `count` values lie between `from` and the next entry; the last entry has none. */
export interface Step {
  readonly from: number;
  readonly count: number;
}

/** The number of finite values in each of `bins` equal bins from `low` to `high`, both included. */
export function histogram(values: Iterable<number>, [low, high]: readonly [number, number], bins: number): Step[] {
  const counts = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values) {
    if (!Number.isFinite(value) || value < low || value > high) continue;
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] += 1;
  }
  return [...counts, 0].map((count, bin) => ({ from: low + bin * width, count }));
}
