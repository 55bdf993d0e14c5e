import { badness, type RealizationData, type SweepCellData, type SweepData } from '../../recording/index.ts';
import type { Outputs } from '../../training/index.ts';
import { timeCourse, type Instant } from '../data/time-course.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { outputPanel, targetKey } from '../drawing/output-panel.ts';
import { learnerStyle } from '../drawing/palette.ts';
import { columnsOf, inRows, panelWidth } from '../drawing/rows.ts';
import { axesOf, labelOf, mostColumns, mostPanels, panelsNote } from './layout.ts';

/** The most output units that a panel shows. */
const mostUnits = 4;

/**
 * The outputs after learning, for one seed of every cell: the one with the middle result. They are shown in the trials that the task's
 * test selects, or else in the session's first trial.
 */
export function sweepOutputFigure(sweep: SweepData): Figure | null {
  const varying = axesOf(sweep);
  const isTested = sweep.cells.some(({ realizations }) => realizations.some((one) => (one?.shown.length ?? 0) > 0));
  const panels = sweep.cells.flatMap((cell) => {
    const one = middle(cell, sweep);
    if (!one?.outputs) return [];
    const trials = isTested ? one.shown : [{ label: '', outputs: one.outputs }];
    return trials.map(({ label, outputs }) => ({
      title: [labelOf(cell.values, varying), label].filter(Boolean).join(': '),
      ...{ cell, seed: one.seed },
      units: unitsOf(outputs),
    }));
  });
  const shown = panels.slice(0, mostPanels);
  const wanted = shown.flatMap(({ units }) => units.flatMap((unit) => unit.wanted.map(({ value }) => value)));
  const finite = wanted.filter(Number.isFinite);
  if (finite.length === 0) return null;
  const [least, greatest] = finite.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [0, 0],
  );
  const margin = 0.25 * (greatest - least || 1);
  const vertical: readonly [number, number] = [least - margin, greatest + margin];
  const byCell = sweep.cells.map((own) => shown.filter(({ cell }) => cell === own)).filter((row) => row.length > 0);
  // A row for each cell if a cell has several trials; otherwise a row for each combination of the axes except the last.
  const trials = Math.max(...byCell.map((row) => row.length));
  const most = trials > 1 ? trials : lastOf(sweep);
  const columns = trials > 1 ? trials : columnsOf(shown.length, most);
  const drawn = shown.map(({ title, units }) =>
    outputPanel(
      title,
      units.map((unit, order) => ({
        wanted: unit.wanted,
        output: within(unit.output, vertical),
        colour: learnerStyle(order).colour,
      })),
      { timesteps: Math.max(...units.map(({ timesteps }) => timesteps)), vertical, width: panelWidth(columns) },
    ),
  );
  const rows = trials > 1 ? byCell.map((row) => row.map((one) => drawn[shown.indexOf(one)])) : inRows(drawn, most);
  return {
    name: 'output',
    title: 'Output and target after learning',
    caption:
      `The output (thin line) and its target (broad grey line) in ${isTested ? 'trials of the test' : 'the first trial, run again'} ` +
      'after learning, with learning switched off. Each cell is shown for ' +
      `the seed with the middle ${sweep.description.score ?? 'final loss'}, or not at all if that seed diverged; ` +
      `in the order of the panels, the seeds are ${shown.map(({ seed }) => seed).join(', ')}. Values beyond the vertical axis are drawn at its edge.${panelsNote(panels)}`,
    svg: sheet(`${sweep.description.title}: output and target after learning`, rows, [
      targetKey,
      { label: 'output', ...learnerStyle(0), dash: 'none' },
    ]),
  };
}

/** The output units of a trial, with their targets. */
function unitsOf(outputs: Outputs) {
  const units = Object.values(outputs).flatMap(({ size, rates, target }) =>
    Array.from({ length: size }, (_, unit) => {
      const of = (values: Float64Array) => timeCourse({ shape: [values.length / size, size], values }, unit);
      return { timesteps: rates.length / size, output: of(rates), wanted: of(target) };
    }),
  );
  return units.slice(0, mostUnits);
}

/** The most panels in a row: one for each value of the last axis, if it has few. */
function lastOf(sweep: SweepData): number {
  const last = axesOf(sweep).at(-1)?.values.length ?? 1;
  return last >= 2 && last <= mostColumns + 1 ? last : mostColumns;
}

/** The realization with the middle result; of two, the better one. Those that failed without diverging do not count. */
function middle({ realizations }: SweepCellData, { description }: SweepData): RealizationData | undefined {
  const known = realizations.flatMap((one) => (one === null || one.ended === 'failed' ? [] : [one]));
  const bad = new Map(known.map((one) => [one, badness(one, description)]));
  const order = (one: RealizationData, other: RealizationData) => (bad.get(one) ?? NaN) - (bad.get(other) ?? NaN) || 0;
  return known.sort(order)[Math.floor((known.length - 1) / 2)];
}

function within(course: readonly Instant[], [low, high]: readonly [number, number]): readonly Instant[] {
  return course.map(({ timestep, value }) => ({ timestep, value: Math.min(high, Math.max(low, value)) }));
}
