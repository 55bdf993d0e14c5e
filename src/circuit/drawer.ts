import { sampler, stream, type Distribution } from '../random/index.ts';
import type { CheckedWeights } from './initial-weights.ts';

/** Gives the weights of one thing, each once, in their order: drawn from the random stream named after it, or as they were given. */
export function drawer(
  weights: CheckedWeights,
  seed: number,
  ...path: string[]
): (post: number, pre: number) => number {
  if (!isDrawn(weights)) return (post, pre) => weights[post][pre];
  return sampler(weights, stream(seed, ...path));
}

/** Whether weights are drawn, and not given. */
export function isDrawn(weights: CheckedWeights): weights is Distribution {
  return !Array.isArray(weights);
}
