import { joined } from '../../errors/index.ts';
import type { LearnerData, RunData, Summary } from '../../recording/index.ts';
import { sameNumbers } from './side-by-side.ts';

/** A run as drawn in figures: learners with the same bits are drawn once. */
export interface DrawnRun extends RunData {
  readonly learners: readonly DrawnLearner[];
}

/** One or more learners with the same bits, drawn once. */
export interface DrawnLearner extends LearnerData {
  /** The label in legends: its name, and what else has the same bits. */
  readonly label: string;
  /** The names of all learners with these bits, in the run's order; its own name is first. */
  readonly members: readonly string[];
}

/** Merges learners whose recordings have the same bits, such as one learner on two engines. */
export function drawnOnce(run: RunData): DrawnRun {
  const groups: [LearnerData, ...LearnerData[]][] = [];
  for (const learner of run.learners) {
    const same = groups.find(([first]) => haveSameBits(first, learner, run.summary));
    if (same) same.push(learner);
    else groups.push([learner]);
  }
  const learners = groups.map((group): DrawnLearner => {
    const members = group.map(({ name }) => name);
    return { ...group[0], members, label: labelOf(members, run.summary) };
  });
  return { ...run, learners };
}

function haveSameBits(one: LearnerData, other: LearnerData, summary: Summary | null): boolean {
  const compared = summary?.comparisons.find(({ learners }) =>
    [one, other].every(({ name }) => learners.includes(name)),
  );
  // The summary also compared data that is not read here: the readings of all probes.
  if (compared?.same === false || one.trials.loss.length === 0) return false;
  return (
    sameNumbers(one.trials.loss, other.trials.loss) &&
    sameNumbers(one.trials.alignment, other.trials.alignment) &&
    sameNumbers(one.scores ?? new Float64Array(0), other.scores ?? new Float64Array(0)) &&
    sameValues(one.probes, other.probes, ({ values }) => values) &&
    (['before', 'after'] as const).every(
      (when) =>
        sameValues(one.weights[when], other.weights[when], ({ values }) => values) &&
        sameValues(one.activity[when], other.activity[when], ({ rates }) => rates) &&
        sameValues(one.shown[when], other.shown[when], ({ values }) => values),
    )
  );
}

function sameValues<T>(
  one: ReadonlyMap<string, T>,
  other: ReadonlyMap<string, T>,
  numbers: (value: T) => Float64Array,
): boolean {
  return (
    one.size === other.size &&
    [...one].every(([name, value]) => {
      const its = other.get(name);
      return its !== undefined && sameNumbers(numbers(value), numbers(its));
    })
  );
}

/** `rflo (actors and kernels, same bits)`, or `a and b (same bits)` if the engines do not distinguish them. */
function labelOf(members: readonly string[], summary: Summary | null): string {
  const [first] = members;
  if (members.length === 1) return first;
  const engines = (summary?.learners ?? [])
    .filter(({ learner }) => members.includes(learner))
    .map(({ engine, algorithm }) => (engine === algorithm ? 'plain solver' : engine));
  return new Set(engines).size === members.length
    ? `${first} (${joined(engines)}, same bits)`
    : `${joined(members)} (same bits)`;
}
