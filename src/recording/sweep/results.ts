import { csvTable, type CsvCell } from '../csv.ts';
import type { SweepData } from './read-sweep.ts';

/**
 * `results.csv`: one row for each realization that has ended, in the order of cells and seeds. It depends on neither time nor chance:
 * the same sweep gives the same bytes.
 */
export function* resultsCsv({ description: { grid, scores }, cells }: SweepData): Generator<string> {
  const scored = Object.keys(scores);
  const columns = [
    ...['learner', 'seed', 'trials', 'first_loss', 'final_loss', 'best_loss', 'alignment'],
    ...scored.map((name) => `score.${name}`),
    ...['ended', 'error'],
  ];
  // The learner already has a column.
  const axes = Object.keys(grid).filter((name) => name !== 'learner');
  const named = axes.map((name) => (name === 'cell' || columns.includes(name) ? `option_${name}` : name));
  const rows = cells.flatMap(({ number, values, learner, realizations }) =>
    realizations.flatMap((realization): CsvCell[][] => {
      if (realization === null) return [];
      const { seed, losses, firstLoss, finalLoss, bestLoss, alignment, ended, error } = realization;
      const course = [learner, seed, losses.length, firstLoss, finalLoss, bestLoss, alignment];
      const result = [...course, ...scored.map((name) => realization.scores[name]), ended, error ?? ''];
      return [[number, ...axes.map((name) => asCell(values[name])), ...result]];
    }),
  );
  yield* csvTable(['cell', ...named, ...columns], rows);
}

function asCell(value: CsvCell | boolean): CsvCell {
  return typeof value === 'boolean' ? String(value) : value;
}
