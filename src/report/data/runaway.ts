/**
 * The loss above which a learner counts as running away, though its values are still finite: ten times that of any untrained network.
 * Axes end there.
 *
 * @param firstLosses Losses of the first trials, before any learning; those that are not finite do not count.
 */
export function runawayLoss(firstLosses: readonly number[]): number {
  const greatest = firstLosses.reduce((high, loss) => (loss > high && loss < Infinity ? loss : high), 0);
  return greatest > 0 ? 10 * greatest : Infinity;
}

/**
 * The limits of an axis of a score, [low, high]: on its bad side, ten times as far from 0 as the best first score or the best score of all.
 *
 * @param first What each learner scored first.
 */
export function scoreBounds(
  better: 'higher' | 'lower',
  first: readonly number[],
  values: readonly number[],
): readonly [number, number] {
  const sign = better === 'lower' ? 1 : -1;
  const best = (all: readonly number[]) => sign * all.reduce((least, value) => Math.min(least, sign * value), Infinity);
  const reach = 10 * Math.max(Math.abs(best(first)), Math.abs(best(values)));
  if (!(reach > 0 && reach < Infinity)) return [-Infinity, Infinity];
  return better === 'lower' ? [-Infinity, reach] : [-reach, Infinity];
}
