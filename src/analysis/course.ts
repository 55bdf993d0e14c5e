/** The trials over which a final loss is the mean, in words. */
export const FINAL_TRIALS = 'the last tenth of the trials, at most 100';

/** The final loss: the mean over the last tenth of the trials, at least 1 and at most 100; NaN without trials. */
export function finalLoss(losses: Float64Array): number {
  const last = losses.subarray(-Math.min(100, Math.max(1, Math.floor(losses.length / 10))));
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

/** The lowest loss of any trial; NaN without trials. */
export function bestLoss(losses: Float64Array): number {
  return losses.length === 0 ? NaN : losses.reduce((best, loss) => Math.min(best, loss));
}
