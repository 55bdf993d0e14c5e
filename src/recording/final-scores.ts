import type { HeaderRecord } from './records.ts';
import type { LearnerData } from './run-data.ts';
import type { LearnerSummary } from './summary.ts';

/** The scores of a learner after learning, by name, as in JSON; empty if they were not recorded. */
export function finalScores({ test }: HeaderRecord, { scores }: Pick<LearnerData, 'scores'>): LearnerSummary['scores'] {
  if (!test || !scores) return {};
  const written = (value: number) => (Number.isNaN(value) ? null : Number.isFinite(value) ? value : 'diverged');
  return Object.fromEntries(test.scores.map(({ name }, i) => [name, written(scores[i])]));
}
