import { FINAL_TRIALS } from '../../analysis/index.ts';
import {
  bestCells,
  cellStatistics,
  idleAxes,
  scoreStatistics,
  summarizeSweep,
  sweepCounts,
  type SweepData,
} from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { grouped } from '../drawing/numbers.ts';
import { escapeText } from '../drawing/text.ts';
import { figureSection, htmlDocument, warning } from '../page/document.ts';
import { alignmentNote } from '../page/results-table.ts';
import { pairs, table } from '../page/table.ts';
import { spread } from './spread.ts';
import { bestTable } from './tuned.ts';

/** The report of a sweep as one HTML document. */
export function sweepPage(sweep: SweepData, figures: readonly Figure[]): string {
  return htmlDocument(
    sweep.description.title,
    `${statement(sweep)}\n${bestTable(sweep)}\n${figures.map(figureSection).join('\n')}\n<h2>Cells</h2>${cellsTable(sweep)}\n${failuresTable(sweep)}\n` +
      `<h2>Settings</h2>${settingsTable(sweep)}`,
  );
}

function statement(sweep: SweepData): string {
  const { cells, description } = sweep;
  const { planned, ended, diverged, failed } = sweepCounts(sweep);
  const axes = Object.entries(description.grid).map(([name, values]) => `${name} (${values.map(String).join(', ')})`);
  const opening =
    `A sweep of ${description.scenario} over ${axes.join(' and ')}: ${grouped(cells.length)} ${cells.length === 1 ? 'cell' : 'cells'} ` +
    `with ${grouped(description.seeds.length)} ${description.seeds.length === 1 ? 'seed' : 'seeds'} each, ${grouped(planned)} realizations.`;
  return [
    `<p>${escapeText(opening)}</p>`,
    ...(ended < planned
      ? [warning(`Not finished: ${grouped(ended)} of ${grouped(planned)} realizations have ended.`)]
      : []),
    ...(diverged > 0
      ? [
          warning(
            `Diverged: ${grouped(diverged)}. In medians and quartiles, a realization that diverged counts as an infinite loss.`,
          ),
        ]
      : []),
    ...(failed > 0
      ? [warning(`Failed for another reason: ${grouped(failed)}. These are left out of medians and quartiles.`)]
      : []),
    ...idleAxes(sweep).map((sentence) => warning(`${sentence}.`)),
  ].join('');
}

function cellsTable(sweep: SweepData): string {
  const { grid, best, scores } = sweep.description;
  const axes = Object.keys(grid).filter((name) => name !== 'learner');
  const rows = rowsOf(sweep);
  return table<Row>(
    `Medians over the seeds, with quartiles in brackets. First loss: that of the first trial, before any learning. Final loss: the mean over ${FINAL_TRIALS}.` +
      (rows.some(({ alignment }) => !Number.isNaN(alignment.median)) ? ` ${alignmentNote}` : '') +
      (Object.keys(scores).length > 0 ? ` Scores (${Object.keys(scores).join(', ')}): from the test at the end.` : ''),
    [
      { head: 'Cell', cell: ({ number }) => String(number) },
      ...axes.map((name) => ({ head: name, cell: ({ values }: Row) => String(values[name]) })),
      { head: 'Learner', cell: ({ learner }) => learner },
      ...(best === null ? [] : [{ head: `Best ${best}`, cell: ({ isBest }: Row) => (isBest ? 'best' : '') }]),
      { head: 'Seeds', cell: ({ counts }) => endedOf(counts), number: true },
      ...(['diverged', 'failed'] as const)
        .filter((how) => rows.some(({ counts }) => counts[how] > 0))
        .map((how) => ({
          head: `${how[0].toUpperCase()}${how.slice(1)}`,
          cell: ({ counts }: Row) => String(counts[how]),
          number: true,
        })),
      { head: 'First loss', cell: ({ firstLoss }) => spread(firstLoss), number: true },
      { head: 'Final loss', cell: ({ finalLoss }) => spread(finalLoss), number: true },
      { head: 'Best loss', cell: ({ bestLoss }) => spread(bestLoss), number: true },
      { head: 'Alignment', cell: ({ alignment }) => spread(alignment), number: true },
      ...Object.keys(scores).map((name) => ({
        head: name,
        cell: (row: Row) => spread(scoreStatistics(row, name)),
        number: true,
      })),
    ],
    rows,
  );
}

type Row = ReturnType<typeof rowsOf>[number];

function rowsOf(sweep: SweepData) {
  const best = new Set(bestCells(sweep));
  return sweep.cells.map((cell) => ({ ...cell, ...cellStatistics(cell), isBest: best.has(cell) }));
}

function endedOf({ ended, planned }: Row['counts']): string {
  return ended === planned ? grouped(planned) : `${grouped(ended)} of ${grouped(planned)}`;
}

function failuresTable(sweep: SweepData): string {
  const { failures } = summarizeSweep(sweep);
  if (failures.length === 0) return '';
  return table(
    'Realizations that diverged or failed, with where and when.',
    [
      { head: 'Cell', cell: ({ cell }) => String(cell) },
      { head: 'Seed', cell: ({ seed }) => String(seed), number: true },
      { head: 'Ended', cell: ({ ended }) => ended },
      { head: 'Cause', cell: ({ error }) => error },
    ],
    failures,
  );
}

function settingsTable(sweep: SweepData): string {
  const { scenario, seeds, versions, settings } = summarizeSweep(sweep);
  const { identity } = sweep.description;
  const rows: [string, string][] = [
    ['scenario', scenario],
    ['seeds', seeds.join(', ')],
    ['settings', pairs(settings)],
    ...['trials', 'target loss', 'patience', 'precision', 'schedule', 'feedback'].map((name): [string, string] => [
      name,
      Object.hasOwn(identity, name) ? identity[name] : '',
    ]),
    ...['evaluation', 'batch', 'carry'].flatMap((name): [string, string][] =>
      Object.hasOwn(identity, name) ? [[name, identity[name]]] : [],
    ),
    ['versions', pairs(versions)],
  ];
  return table<[string, string]>(
    'Settings of all cells',
    [
      { head: 'Setting', cell: ([name]) => name },
      { head: 'Value', cell: ([, value]) => value || '–' },
    ],
    rows,
  );
}
