import type { LearningAlgorithm } from '../solvers/index.ts';

/** Whether two algorithms are the same: they have the same settings and the same name, which no two definitions should share. */
export function sameAlgorithm(one: LearningAlgorithm, other: LearningAlgorithm): boolean {
  return one.name === other.name && JSON.stringify(one.settings) === JSON.stringify(other.settings);
}
