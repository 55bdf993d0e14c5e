import type { ValueAxis } from './value-axis.ts';

/** What is drawn of values that an axis has no place for: they stand at its edges. */
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

/** What a caption says of them. */
export const edgeNote =
  'A seed that diverged counts as infinitely bad: a cross at the edge is a median among those or beyond the axis, and a bar may reach up to it.';
