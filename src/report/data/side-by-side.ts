import type { LearnerData, Moment, RunData } from '../../recording/index.ts';

/** The content of one panel of a figure: data of a learner, before or after learning. */
export interface Shown<T> {
  readonly title: string;
  readonly when: Moment;
  /** The learner's number in the run, from 0. */
  readonly order: number;
  readonly value: T;
}

/**
 * The panels to show next to each other: before learning once, if all learners start from the same values, and after learning for each.
 * If they start from different values: before and after for each learner. Missing recordings are left out.
 */
export function sideBySide<T>(
  { learners }: RunData,
  read: (learner: LearnerData, when: Moment) => T | undefined,
  alike: (one: T, other: T) => boolean,
): Shown<T>[] {
  const shown = (when: Moment, title: (name: string) => string): Shown<T>[] =>
    learners.flatMap((learner, order) => {
      const value = read(learner, when);
      return value === undefined ? [] : [{ title: title(learner.name), when, order, value }];
    });
  const before = shown('before', (name) => `before ${name}`);
  const after = shown('after', (name) => `after ${name}`);
  if (before.length > 0 && before.every(({ value }) => alike(before[0].value, value))) {
    return [{ ...before[0], title: 'before' }, ...after];
  }
  return [...before, ...after].sort((a, b) => a.order - b.order);
}

/** Whether two arrays hold the same numbers; NaN is the same as NaN. */
export function sameNumbers(one: Float64Array, other: Float64Array): boolean {
  return one.length === other.length && one.every((value, i) => Object.is(value, other[i]));
}

/** The names that any learner has, in the order of their first appearance. */
export function namesOf(
  run: RunData,
  read: (learner: LearnerData, when: Moment) => ReadonlyMap<string, unknown>,
): string[] {
  const moments: Moment[] = ['before', 'after'];
  return [...new Set(run.learners.flatMap((learner) => moments.flatMap((when) => [...read(learner, when).keys()])))];
}
