import Table from 'cli-table3';
import { FINAL_TRIALS, type Quartiles } from '../analysis/index.ts';
import {
  bestCells,
  cellStatistics,
  idleAxes,
  scoreStatistics,
  sweepCounts,
  type SweepData,
} from '../recording/index.ts';

/** The results of a sweep, a row for each cell. */
export function sweepTable(data: SweepData): string {
  const { description, cells } = data;
  const axes = Object.keys(description.grid).filter((name) => name !== 'learner');
  const { best } = description;
  const scores = Object.keys(description.scores);
  const isBest = new Set(bestCells(data));
  const table = new Table({
    head: [
      ...axes,
      'learner',
      ...(best === null ? [] : [`best ${best}`]),
      'seeds',
      'diverged',
      'failed',
      'final loss',
      'quartiles',
      'alignment',
      ...scores,
    ],
    style: { head: [], border: [] },
    colAligns: [
      ...axes.map(() => 'right' as const),
      'left',
      ...(best === null ? [] : ['left' as const]),
      'right',
      'right',
      'right',
      'right',
      'right',
      'right',
      ...scores.map(() => 'right' as const),
    ],
  });
  for (const cell of cells) {
    const { counts, finalLoss, alignment } = cellStatistics(cell);
    table.push([
      ...axes.map((name) => String(cell.values[name])),
      cell.learner,
      ...(best === null ? [] : [isBest.has(cell) ? 'best' : '']),
      counts.ended === counts.planned ? counts.planned : `${counts.ended} of ${counts.planned}`,
      counts.diverged,
      counts.failed,
      loss(finalLoss.median),
      quartilesOf(finalLoss),
      Number.isNaN(alignment.median) ? '-' : alignment.median.toFixed(3),
      ...scores.map((name) => score(scoreStatistics(cell, name))),
    ]);
  }
  const { planned, ended } = sweepCounts(data);
  return [
    `${description.title}: ${ended} of ${planned} realizations`,
    table.toString(),
    `Final loss: mean over ${FINAL_TRIALS}; median over the seeds. A realization that diverged counts as infinite.`,
    ...idleAxes(data).map((sentence) => `${sentence}.`),
    ...(scores.length > 0 ? ['Scores of the final test: median over the seeds, quartiles in brackets.'] : []),
  ].join('\n');
}

/** The median, and the quartiles in brackets. */
function score({ low, median, high }: Quartiles): string {
  const shown = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'diverged');
  return Number.isNaN(median) ? '-' : `${shown(median)} [${shown(low)}, ${shown(high)}]`;
}

function quartilesOf({ low, high }: Quartiles): string {
  return Number.isNaN(low) ? '-' : `${loss(low)} to ${loss(high)}`;
}

function loss(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value === Infinity ? 'diverged' : value.toExponential(2);
}
