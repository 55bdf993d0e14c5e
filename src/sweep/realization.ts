import type { Realization } from '../training/index.ts';

/** All that a realization holds in buffers: they are handed from thread to thread, and not copied. */
export function buffersOf(realization: Realization): ArrayBufferLike[] {
  const weights = realization.reason === 'failed' ? [] : Object.values(realization.weights);
  return [realization.losses, realization.alignment, ...weights].map(({ buffer }) => buffer);
}
