import type { HeaderRecord } from './records.ts';
import type { LearnerData } from './run-data.ts';

/** The last reading of a learner's gradient alignment over all synapse groups, from the run's first such probe; null without one. */
export function lastGradientAlignment(
  { gradientAlignment = {} }: HeaderRecord,
  { probes }: LearnerData,
): number | null {
  const [first] = Object.keys(gradientAlignment);
  const readings = probes.get(first);
  const last = readings?.values.at(-readings.width) ?? NaN;
  return Number.isNaN(last) ? null : last;
}
