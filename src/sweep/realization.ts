import type { Realization } from '../training/index.ts';

/** All that a realization holds in buffers: they are handed from thread to thread, and not copied. */
export function buffersOf(realization: Realization): ArrayBufferLike[] {
  const { losses, alignment } = realization;
  if (realization.reason === 'failed') return [losses.buffer, alignment.buffer];
  const { weights, outputs } = realization;
  const activity = Object.values(outputs ?? {}).flatMap(({ rates, target }) => [rates, target]);
  return [losses, alignment, ...Object.values(weights), ...activity].map(({ buffer }) => buffer);
}
