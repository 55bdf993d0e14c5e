import { csvTable, type CsvCell } from '../csv.ts';
import type { SweepData } from './read-sweep.ts';

/** What stands in the columns that are not axes. */
const COLUMNS = [
  ...['learner', 'seed', 'trials', 'first_loss', 'final_loss', 'best_loss', 'alignment', 'ended', 'error'],
];

/**
 * `results.csv`: one row for each realization that has ended, in the order of cells and seeds. There is no time and no chance in it:
 * the same sweep gives the same bytes.
 */
export function* resultsCsv({ description: { grid }, cells }: SweepData): Generator<string> {
  // The learner has a column anyway, under the name that it goes by.
  const axes = Object.keys(grid).filter((name) => name !== 'learner');
  const named = axes.map((name) => (isTaken(name) ? `option_${name}` : name));
  const rows = cells.flatMap(({ number, values, learner, realizations }) =>
    realizations.flatMap((realization): CsvCell[][] => {
      if (realization === null) return [];
      const { seed, losses, firstLoss, finalLoss, bestLoss, alignment, ended, error } = realization;
      const result = [learner, seed, losses.length, firstLoss, finalLoss, bestLoss, alignment, ended, error ?? ''];
      return [[number, ...axes.map((name) => asCell(values[name])), ...result]];
    }),
  );
  yield* csvTable(['cell', ...named, ...COLUMNS], rows);
}

function isTaken(name: string): boolean {
  return name === 'cell' || COLUMNS.includes(name);
}

function asCell(value: CsvCell | boolean): CsvCell {
  return typeof value === 'boolean' ? String(value) : value;
}
