import { FEEDBACK, type Numbers2D, type RunData } from '../../recording/index.ts';
import { namesOf, sameNumbers, sideBySide, type Shown } from './side-by-side.ts';

/** The most synapse groups a figure shows. */
export const mostGroups = 6;

/** The recorded weights of a synapse group. */
export interface WeightGroup {
  readonly name: string;
  readonly panels: readonly Shown<Numbers2D>[];
}

/** The synapse groups with recorded weights, in the order in which they were recorded. */
export function weightGroups(run: RunData): WeightGroup[] {
  const names = namesOf(run, ({ weights }, when) => weights[when]);
  const groups = names.filter((name) => !name.startsWith(FEEDBACK));
  return groups.map((name) => ({
    name,
    panels: sideBySide(
      run,
      ({ weights }, when) => weights[when].get(name),
      (one, other) => sameNumbers(one.values, other.values),
    ),
  }));
}
