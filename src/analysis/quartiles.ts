/** The middle of some values, and how far they spread: a quarter of them lies below `low`, a quarter above `high`. */
export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * The quantile of some values, linear between the two that are nearest: type 7 of Hyndman & Fan (1996), as in NumPy and R.
 * An infinite value is greater, or less, than all others, and a quantile beside one is infinite: a run that diverged still counts.
 *
 * @param sorted Ascending.
 * @param p 0..1
 * @returns NaN where there is no value.
 */
export function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const share = at - below;
  const [low, high] = [sorted.at(below) ?? NaN, sorted.at(Math.min(below + 1, sorted.length - 1)) ?? NaN];
  return share === 0 || low === high || low === -Infinity ? low : low + share * (high - low);
}

/** Median and quartiles of some values; those that are NaN, where nothing is known, are left out. NaN where there is none. */
export function quartiles(values: Iterable<number>): Quartiles {
  const sorted = Float64Array.from([...values].filter((value) => !Number.isNaN(value))).sort();
  return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
}
