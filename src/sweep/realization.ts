import type { GroupWeights } from '../circuit/index.ts';
import type { StopReason } from '../training/index.ts';

/** What every realization leaves, as plain data. */
interface Course {
  readonly seed: number;
  /** The loss of each trial, in order. */
  readonly losses: Float64Array;
  /** The feedback alignment after each trial, -1..1; NaN where there is none. */
  readonly alignment: Float64Array;
}

/** A realization that ran to its end. */
export interface FinishedRealization extends Course {
  readonly reason: StopReason;
  /** The learner's name. */
  readonly learner: string;
  /** The weights at the end. */
  readonly weights: GroupWeights;
}

/** A realization that failed: its losses are those of the trials before. */
export interface FailedRealization extends Course {
  readonly reason: 'failed';
  /** The learner's name; null where the worker ended before it told. */
  readonly learner: string | null;
  /** What happened, and where and when. */
  readonly error: string;
}

export type Realization = FinishedRealization | FailedRealization;

/** All that a realization holds in buffers: they are handed from thread to thread, and not copied. */
export function buffersOf(realization: Realization): ArrayBufferLike[] {
  const weights = realization.reason === 'failed' ? [] : Object.values(realization.weights);
  return [realization.losses, realization.alignment, ...weights].map(({ buffer }) => buffer);
}
