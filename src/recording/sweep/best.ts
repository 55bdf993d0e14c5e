import { quartiles } from '../../analysis/index.ts';
import type { RealizationData, SweepCellData, SweepData } from './read-sweep.ts';

/**
 * The cells that figures show. All; or, if an axis is tuned over, for each combination of the other axes the cell with the lowest median
 * final loss over its seeds, or the best median of the score that results are compared by, then the lowest final loss. A realization that
 * diverged counts as infinitely bad. Of equal cells the first is taken; one about which nothing is known only if there is no other.
 */
export function bestCells({ description, cells }: SweepData): readonly SweepCellData[] {
  const { best } = description;
  if (best === null) return cells;
  const found = new Map<string, { cell: SweepCellData; bad: readonly number[] }>();
  for (const cell of cells) {
    const others = JSON.stringify(without(cell.values, best));
    const bad = [
      (one: RealizationData) => badness(one, description),
      ({ finalLoss }: RealizationData) => finalLoss,
    ].map((of) => quartiles(cell.realizations.map((one) => (one === null ? NaN : of(one)))).median);
    const before = found.get(others);
    if (!before || isBetter(bad, before.bad)) found.set(others, { cell, bad });
  }
  return [...found.values()].map(({ cell }) => cell);
}

/** By the first number, and if that is equal by the second: less is better, and NaN is worst. */
function isBetter([one, oneElse]: readonly number[], [other, otherElse]: readonly number[]): boolean {
  return one === other ? oneElse < otherElse : one < other || (Number.isNaN(other) && !Number.isNaN(one));
}

/** What a realization is compared by, signed so that less is better: its final loss, or the score that the sweep names. NaN: nothing is known. */
export function badness(realization: RealizationData, { score, scores }: SweepData['description']): number {
  if (score === null) return realization.finalLoss;
  const value = realization.scores[score];
  return scores[score].better === 'higher' ? -value : value;
}

/** A sweep as figures show it: only the best cells, in a grid without the axis that they were tuned over. */
export function atBest(sweep: SweepData): SweepData {
  const { description } = sweep;
  const { best, grid, places } = description;
  if (best === null) return sweep;
  return {
    ...sweep,
    description: {
      ...description,
      grid: without(grid, best),
      places: Object.fromEntries(Object.entries(places).map(([name, place]) => [name, without(place, best)])),
    },
    cells: bestCells(sweep),
  };
}

/** The record without the field of that name. */
export function without<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
