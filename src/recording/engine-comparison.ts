import type { Learner } from '../training/index.ts';
import { sameOn } from '../training/index.ts';
import type { Reading } from './readings.ts';
import type { LearnerData } from './run-data.ts';
import type { EngineComparison, LearnerSummary } from './summary.ts';

/**
 * Compares learners that differ only in their engine or precision, two by two: whether their recorded numbers have the same bits, and
 * how many times faster one was. Every number is compared.
 *
 * @param readings Gives the run's readings from the first; called again for each pass.
 */
export function compareEngines(
  learners: readonly Learner[],
  recorded: ReadonlyMap<string, LearnerData>,
  summaries: readonly LearnerSummary[],
  readings: () => Iterable<Reading>,
): EngineComparison[] {
  const timeOf = (name: string) => summaries.find(({ learner }) => learner === name)?.millisecondsPerTrial ?? null;
  return learners.flatMap((one, i) =>
    learners.slice(i + 1).flatMap((other) => {
      if (!sameOn(one, other) || (one.engine === other.engine && one.precision === other.precision)) return [];
      const [data, others] = [recorded.get(one.name), recorded.get(other.name)];
      if (!data || !others) return [];
      const compared = compare(data, others, readings);
      if (compared.trials === 0) return [];
      return [{ learners: [one.name, other.name] as const, ...compared, ...faster(one.name, other.name, timeOf) }];
    }),
  );
}

function faster(
  one: string,
  other: string,
  timeOf: (name: string) => number | null,
): Pick<EngineComparison, 'faster' | 'times'> {
  const [first, second] = [timeOf(one), timeOf(other)];
  if (first === null || second === null || first === 0 || second === 0) return { faster: null, times: null };
  return first < second ? { faster: one, times: second / first } : { faster: other, times: first / second };
}

type Compared = Pick<EngineComparison, 'trials' | 'weightsAfter' | 'same' | 'firstDifference'>;

function compare(one: LearnerData, other: LearnerData, readings: () => Iterable<Reading>): Compared {
  const trials = Math.min(one.trials.trial.length, other.trials.trial.length);
  const ended = [one, other].every(({ weights }) => weights.after.size > 0);
  const weightsAfter = ended && one.trials.trial.length === other.trials.trial.length;
  const firstDifference =
    unlikeWeights(one, other, 'before') ??
    unlikeTrial(one, other, trials, readings) ??
    (weightsAfter ? (unlikeWeights(one, other, 'after') ?? unlikeScores(one, other)) : null);
  return { trials, weightsAfter, same: firstDifference === null, firstDifference };
}

type Difference = EngineComparison['firstDifference'];

function unlikeWeights(one: LearnerData, other: LearnerData, when: 'before' | 'after'): Difference {
  for (const [group, { values }] of one.weights[when]) {
    const others = other.weights[when].get(group);
    if (others && unlikeAt(values, others.values) < 0) continue;
    return { trial: when === 'before' ? null : one.trials.trial.length, what: `weights of ${group} ${when} learning` };
  }
  return null;
}

function unlikeScores(one: LearnerData, other: LearnerData): Difference {
  const [scores, others] = [one, other].map((data) => data.scores ?? new Float64Array(0));
  return unlikeAt(scores, others) < 0 ? null : { trial: one.trials.trial.length, what: 'scores after learning' };
}

/** The first trial in which a loss, an alignment or a reading differs. */
function unlikeTrial(
  one: LearnerData,
  other: LearnerData,
  trials: number,
  readings: () => Iterable<Reading>,
): Difference {
  const found: NonNullable<Difference>[] = [];
  for (const what of ['loss', 'alignment'] as const) {
    const at = unlikeAt(one.trials[what].subarray(0, trials), other.trials[what].subarray(0, trials));
    if (at >= 0) found.push({ trial: at + 1, what });
  }
  const reading = unlikeReading(readings, [one.name, other.name], trials);
  if (reading !== null) found.push(reading);
  return found.reduce<Difference>(
    (first, next) => (first === null || (next.trial ?? 0) < (first.trial ?? 0) ? next : first),
    null,
  );
}

/** Goes through the readings of two learners in parallel, with one of each in memory. */
function unlikeReading(
  readings: () => Iterable<Reading>,
  [one, other]: readonly [string, string],
  trials: number,
): Difference {
  const others = readingsOf(readings(), other, trials);
  try {
    for (const { probe, trial, timestep, values } of readingsOf(readings(), one, trials)) {
      const step = others.next();
      const found = step.done ? null : step.value;
      const isSame = found?.probe === probe && found.trial === trial && found.timestep === timestep;
      if (!isSame || unlikeAt(values, found.values) >= 0) return { trial, what: `probe ${probe}` };
    }
    const rest = others.next();
    return rest.done ? null : { trial: rest.value.trial, what: `probe ${rest.value.probe}` };
  } finally {
    others.return();
  }
}

/** The readings of one learner in its first trials. */
function* readingsOf(
  readings: Iterable<Reading>,
  learner: string,
  trials: number,
): Generator<Reading, void, undefined> {
  for (const reading of readings) if (reading.learner === learner && reading.trial <= trials) yield reading;
}

/** Where two arrays first differ in a bit; NaN equals NaN, and -0 differs from 0. -1 if nowhere. */
function unlikeAt(one: Float64Array, other: Float64Array): number {
  const at = one.findIndex((value, i) => !Object.is(value, other[i]));
  return at < 0 && one.length !== other.length ? one.length : at;
}
