import {
  atBest,
  cellStatistics,
  scoreStatistics,
  summarizeSweep,
  sweepCounts,
  type SweepCellData,
  type SweepData,
} from '../../src/recording/index.ts';
import type { Quartiles } from '../../src/analysis/index.ts';
import { significant } from '../../src/report/drawing/numbers.ts';

/** How a sweep was run. */
export interface Took {
  readonly minutes: number;
  readonly quick: boolean;
}

/** What a sweep has measured, as Markdown: how it was run, and a row for each cell that figures show. */
export function measured(sweep: SweepData, { minutes, quick }: Took): string {
  const { best, grid, seeds, scenario, ...description } = sweep.description;
  const scores = Object.keys(description.scores);
  const { planned, ended } = sweepCounts(sweep);
  if (ended < planned) throw new Error(`${sweep.directory} has ${ended} of ${planned} realizations; resume it first`);
  const shown = atBest(sweep);
  const axes = Object.keys(shown.description.grid);
  const trials = Math.max(...sweep.cells.map((cell) => cell.trials));
  const head = [
    ...axes,
    ...(best === null ? [] : [`best ${best}`]),
    ...scores,
    'final loss',
    'untrained',
    'alignment',
    'diverged',
  ];
  const row = (cell: SweepCellData) => {
    const { counts, finalLoss, firstLoss, alignment } = cellStatistics(cell);
    return [
      ...axes.map((axis) => String(cell.values[axis])),
      ...(best === null ? [] : [String(cell.values[best])]),
      ...scores.map((name) => spread(scoreStatistics(cell, name))),
      ...[spread(finalLoss), spread(firstLoss), spread(alignment), `${counts.diverged} of ${counts.planned}`],
    ];
  };
  const lines = [head, head.map(() => '---'), ...shown.cells.map(row)].map((cells) => `| ${cells.join(' | ')} |`);
  const tuned = best === null ? '' : `, each at its own best ${best} of ${grid[best].join(', ')}`;
  const { versions } = summarizeSweep(sweep);
  return [
    ...(quick ? [`**Of the \`--quick\` size: the numbers of the paper's size are still to come.**`] : []),
    `\`rxflo sweep ${scenario}${quick ? ' --quick' : ''}\`: ${planned} realizations of ${trials} trials, ${seeds.length} seeds, ${minutes} minutes on two ` +
      `cores (rxflo ${versions['rxflo']}, Node ${versions['node']}). Medians over the seeds, with quartiles in brackets${tuned}.`,
    lines.join('\n'),
  ].join('\n\n');
}

function spread({ low, median, high }: Quartiles): string {
  return Number.isNaN(median) ? '–' : `${shownAs(median)} [${shownAs(low)}, ${shownAs(high)}]`;
}

function shownAs(value: number): string {
  return Math.abs(value) === Infinity ? 'diverged' : significant(value);
}
