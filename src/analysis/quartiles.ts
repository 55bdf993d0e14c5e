/** The median of some values, and their spread: a quarter of them are below `low`, a quarter above `high`. */
export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * The quantile of some values, by linear interpolation between the nearest two: type 7 of Hyndman & Fan (1996), as in NumPy and R.
 * An infinite value is greater, or less, than all others, and a quantile next to one is infinite: a run that diverged still counts.
 *
 * @param sorted Ascending.
 * @param p 0..1
 * @returns NaN without values.
 */
export function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const share = at - below;
  const [low, high] = [sorted.at(below) ?? NaN, sorted.at(Math.min(below + 1, sorted.length - 1)) ?? NaN];
  return share === 0 || low === high || low === -Infinity ? low : low + share * (high - low);
}

/** Median and quartiles of some values; NaN values, which mean unknown, are left out. NaN without values. */
export function quartiles(values: Iterable<number>): Quartiles {
  const sorted = Float64Array.from([...values].filter((value) => !Number.isNaN(value))).sort();
  return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
}
