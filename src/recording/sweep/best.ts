import type { SweepCellData, SweepData } from './read-sweep.ts';
import { cellStatistics, scoreStatistics } from './statistics.ts';

/**
 * The cells that figures show: all; or, where an axis is tuned over, of each combination of the other axes the one with the lowest median
 * final loss over its seeds, or the best median of the score that results are compared by. One that diverged counts as infinitely bad; the first of several that are equal is taken, and one of
 * which nothing is known only where there is no other.
 */
export function bestCells({ description, cells }: SweepData): readonly SweepCellData[] {
  const { best } = description;
  if (best === null) return cells;
  const found = new Map<string, { cell: SweepCellData; loss: number }>();
  for (const cell of cells) {
    const others = JSON.stringify(without(cell.values, best));
    const loss = badness(cell, description);
    const before = found.get(others);
    if (!before || loss < before.loss || (Number.isNaN(before.loss) && !Number.isNaN(loss))) {
      found.set(others, { cell, loss });
    }
  }
  return [...found.values()].map(({ cell }) => cell);
}

/** The median that cells are compared by, turned so that less is better. */
function badness(cell: SweepCellData, { score, scores }: SweepData['description']): number {
  if (score === null) return cellStatistics(cell).finalLoss.median;
  const { median } = scoreStatistics(cell, score);
  return scores[score].better === 'higher' ? -median : median;
}

/** A sweep as figures show it: the best cells, in a grid without the axis that they were tuned over. */
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

function without<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
