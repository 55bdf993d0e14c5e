import type { ActivityData, LearnerData, Moment, Numbers2D, RunData } from '../../recording/index.ts';
import { reorder, transpose } from './grid.ts';
import { namesOf, sameNumbers, sideBySide, type Shown } from './side-by-side.ts';

/** The recorded activity of a population that has no target. */
export interface HiddenPopulation {
  readonly name: string;
  /** Units in the order of `order`, one per row, over time: [units][T]. */
  readonly panels: readonly Shown<Numbers2D>[];
  /** Units by the timestep of their largest rate, in the first panel after learning, or else in the first panel. */
  readonly order: readonly number[];
}

/** The populations with activity and without a target, in the order in which they were recorded. */
export function hiddenPopulations(run: RunData): HiddenPopulation[] {
  return namesOf(run, ({ activity }, when) => activity[when]).flatMap((name) => {
    const read = ({ activity }: LearnerData, when: Moment): ActivityData | undefined => activity[when].get(name);
    const shown = sideBySide(run, read, (one, other) => sameNumbers(one.rates, other.rates));
    const leading = shown.find(({ when }) => when === 'after') ?? shown[0];
    if (leading.value.target !== null) return [];
    const byUnit = ({ shape, rates }: ActivityData): Numbers2D => transpose({ shape, values: rates });
    const order = byPeak(byUnit(leading.value));
    return [{ name, order, panels: shown.map((each) => ({ ...each, value: reorder(byUnit(each.value), order) })) }];
  });
}

/** The rows of a matrix, sorted by the column of their largest value. */
function byPeak({ shape: [rows, columns], values }: Numbers2D): number[] {
  const peaks = Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let column = 1; column < columns; column += 1) {
      if (values[row * columns + column] > values[row * columns + best]) best = column;
    }
    return best;
  });
  return peaks.map((_, row) => row).sort((a, b) => peaks[a] - peaks[b] || a - b);
}
