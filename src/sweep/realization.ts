import type { Realization } from '../training/index.ts';

/** All buffers of a realization: they are moved from thread to thread, and not copied. */
export function buffersOf(realization: Realization): ArrayBufferLike[] {
  const { losses, alignment, tested } = realization;
  const course = [losses, alignment, tested.trials, ...Object.values(tested.scores)];
  if (realization.reason === 'failed') return course.map(({ buffer }) => buffer);
  const { weights, outputs, shown } = realization;
  const activity = [outputs ?? {}, ...shown.map((trial) => trial.outputs)]
    .flatMap((each) => Object.values(each))
    .flatMap(({ rates, target }) => [rates, target]);
  return [...course, ...Object.values(weights), ...activity].map(({ buffer }) => buffer);
}
