import { badness, type RealizationData, type SweepCellData, type SweepData } from '../../recording/index.ts';
import type { Outputs } from '../../training/index.ts';
import { wrap } from '../data/side-by-side.ts';
import { timeCourse, type Instant } from '../data/time-course.ts';
import { sheet, titleSize, type Figure } from '../drawing/figure.ts';
import { outputPanel, targetKey } from '../drawing/output-panel.ts';
import { learnerStyle } from '../drawing/palette.ts';
import { textWidth } from '../drawing/text.ts';
import { axesOf, labelOf, mostPanels, panelsNote, type Axis } from './layout.ts';

/** The most output units that a panel shows. */
const mostUnits = 4;
/** The width of a panel, px. */
const panelWidth = 290;

/**
 * What the outputs answer after learning, of one seed of every cell: that with the middle result. In the trials that the task's test
 * wants shown, or, where there are none, in the session's first.
 */
export function sweepOutputFigure(sweep: SweepData): Figure | null {
  const varying = axesOf(sweep);
  const isTested = sweep.cells.some(({ realizations }) => realizations.some((one) => (one?.shown.length ?? 0) > 0));
  const panels = sweep.cells.flatMap((cell) => {
    const one = middle(cell, sweep);
    if (!one?.outputs) return [];
    const trials = isTested ? one.shown : [{ label: '', outputs: one.outputs }];
    return trials.map(({ label, outputs }) => ({
      title: titleOf(cell, varying, label),
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
  const drawn = shown.map(({ title, units }) =>
    outputPanel(
      title,
      units.map((unit, order) => ({
        wanted: unit.wanted,
        output: within(unit.output, vertical),
        colour: learnerStyle(order).colour,
      })),
      { timesteps: Math.max(...units.map(({ timesteps }) => timesteps)), vertical, width: panelWidth },
    ),
  );
  const byCell = sweep.cells
    .map((own) => drawn.filter((_, i) => shown[i].cell === own))
    .filter((row) => row.length > 0);
  // A row for each cell where one has several trials.
  const rows = byCell.some((row) => row.length > 1) ? byCell : wrap(drawn, columnsOf(sweep));
  return {
    name: 'output',
    title: 'Output and target after learning',
    caption:
      `The output (thin line) and its target (broad grey line) in ${isTested ? 'trials of the test' : 'the first trial, run once more'} ` +
      'after learning and without it. Of each cell ' +
      `the seed whose ${sweep.description.score ?? 'final loss'} is the middle one of all, and nothing where that diverged; ` +
      `in the order of the panels, ${shown.map(({ seed }) => seed).join(', ')}. What is beyond the vertical axis is drawn at its edge.${panelsNote(panels)}`,
    svg: sheet(`${sweep.description.title}: output and target after learning`, rows, [
      targetKey,
      { label: 'output', ...learnerStyle(0), dash: 'none' },
    ]),
  };
}

/** What a panel is of: its cell, with the names of the axes where there is room for them, and which trial of the test. */
function titleOf({ values }: SweepCellData, varying: readonly Axis[], trial: string): string {
  const titled = (cell: string) => [cell, trial].filter(Boolean).join(': ');
  const whole = titled(labelOf(values, varying));
  return textWidth(whole, titleSize) <= panelWidth ? whole : titled(varying.map(({ name }) => values[name]).join(', '));
}

/** The output units of a trial, and what each should have done. */
function unitsOf(outputs: Outputs) {
  const units = Object.values(outputs).flatMap(({ size, rates, target }) =>
    Array.from({ length: size }, (_, unit) => {
      const of = (values: Float64Array) => timeCourse({ shape: [values.length / size, size], values }, unit);
      return { timesteps: rates.length / size, output: of(rates), wanted: of(target) };
    }),
  );
  return units.slice(0, mostUnits);
}

/** A row for each value of the axes but the last, where that is one of few. */
function columnsOf(sweep: SweepData): number {
  const last = axesOf(sweep).at(-1)?.values.length ?? 1;
  return last >= 2 && last <= 4 ? last : 4;
}

/** The realization whose result is the middle one; of two, the better. One that failed without diverging does not count. */
function middle({ realizations }: SweepCellData, { description }: SweepData): RealizationData | undefined {
  const known = realizations.flatMap((one) => (one === null || one.ended === 'failed' ? [] : [one]));
  const bad = new Map(known.map((one) => [one, badness(one, description)]));
  const order = (one: RealizationData, other: RealizationData) => (bad.get(one) ?? NaN) - (bad.get(other) ?? NaN) || 0;
  return known.sort(order)[Math.floor((known.length - 1) / 2)];
}

function within(course: readonly Instant[], [low, high]: readonly [number, number]): readonly Instant[] {
  return course.map(({ timestep, value }) => ({ timestep, value: Math.min(high, Math.max(low, value)) }));
}
