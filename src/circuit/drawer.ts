import { drawOrthogonal, sampler, stream, type Distribution, type Orthogonal } from '../random/index.ts';
import type { CheckedWeights } from './initial-weights.ts';

/** The number of postsynaptic and presynaptic neurons. */
interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/** Gives the weights of a group or feedback one by one, in their order: drawn from the random stream named after it, or as they were given. */
export function drawer(
  weights: CheckedWeights,
  { rows, columns }: Shape,
  seed: number,
  ...path: string[]
): (post: number, pre: number) => number {
  if (!isDrawn(weights)) return (post, pre) => weights[post][pre];
  const random = stream(seed, ...path);
  if (weights.kind !== 'orthogonal') return sampler(weights, random);
  const drawn = drawOrthogonal(weights, rows, columns, random);
  return (post, pre) => drawn[post * columns + pre];
}

/** Whether weights are drawn, and not given. */
export function isDrawn(weights: CheckedWeights): weights is Distribution | Orthogonal {
  return !Array.isArray(weights);
}
