import type { ValueAxis } from './value-axis.ts';

/** Values outside an axis are drawn at its edges. */
export interface Edges {
  readonly clamped: (value: number) => number;
  readonly isInside: (value: number) => boolean;
}

/** The edges of an axis. */
export function edgesOf({ scale: { domain } }: Pick<ValueAxis, 'scale'>): Edges {
  const [low, high] = domain;
  return {
    clamped: (value) => Math.min(high, Math.max(low, value)),
    isInside: (value) => value >= low && value <= high,
  };
}

/** The part of a caption that explains them. */
export const edgeNote =
  'A seed that diverged counts as infinitely bad. A cross at the edge is a median that is infinite or outside the axis; a bar may also reach the edge.';
