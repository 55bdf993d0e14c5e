/** How many of the last trials a final loss is the mean of, at most. */
export const FINAL_TRIALS = 100;

/** The final loss: the mean over the last 100 trials, or all where there are fewer; NaN where there is none. */
export function finalLoss(losses: Float64Array): number {
  const last = losses.subarray(-FINAL_TRIALS);
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

/** The lowest loss of any trial; NaN where there is none. */
export function bestLoss(losses: Float64Array): number {
  return losses.length === 0 ? NaN : losses.reduce((best, loss) => Math.min(best, loss));
}
