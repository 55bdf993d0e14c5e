import { sampler, stream } from '../random/index.ts';
import { isMatrix, type Weights } from './initial-weights.ts';

/** Gives the weights of one thing, each once, in their order: drawn from the random stream named after it, or as they were given. */
export function drawer(weights: Weights, seed: number, ...path: string[]): (post: number, pre: number) => number {
  if (isMatrix(weights)) return (post, pre) => weights[post][pre];
  return sampler(weights, stream(seed, ...path));
}
