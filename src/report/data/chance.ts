import type { Summary } from '../../recording/index.ts';

/**
 * The number of feedback weights that the alignment compares: those from an output to a population that it reads.
 * The cosine of two random vectors of n entries has mean 0 and standard deviation 1/sqrt(n).
 */
export function feedbackWeights({ circuit: { populations, synapses, feedback } }: Summary): number {
  const size = (name: string): number => populations.find((population) => population.name === name)?.size ?? 0;
  return feedback
    .filter(({ from, to }) => synapses.some((group) => group.from === to && group.to === from))
    .reduce((sum, { from, to }) => sum + size(from) * size(to), 0);
}
