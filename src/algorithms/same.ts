import type { LearningAlgorithm } from '../solvers/index.ts';

/** Whether two algorithms do the same: both have the same name, which no two definitions should share, and the same settings. */
export function sameAlgorithm(one: LearningAlgorithm, other: LearningAlgorithm): boolean {
  return one.name === other.name && JSON.stringify(one.settings) === JSON.stringify(other.settings);
}
