import type { SweepData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { floorNote } from '../drawing/floors.ts';
import { lossLabel } from '../drawing/loss-label.ts';
import { courseFigure, stretchNote } from './course-figure.ts';
import { courseOf } from './course.ts';
import { logValueAxis } from '../drawing/value-axis.ts';
import { runaway } from './untrained.ts';

/** Loss of every cell against trials: median and quartiles over its seeds. */
export function sweepLossFigure(sweep: SweepData): Figure | null {
  const ceiling = runaway(sweep.cells);
  const { floors, loss } = sweep.description;
  const drawn = courseFigure(
    sweep,
    ({ realizations }) => courseOf(realizations, { values: ({ losses }) => losses, diverged: Infinity }),
    ({ low, median }) => low > 0 && Number.isFinite(median) && median <= ceiling,
    (points) => {
      const axis = logValueAxis(
        points.flatMap(({ low, median, high }) => [low, Number.isFinite(high) ? high : median]),
        ceiling,
      );
      return { ...axis, label: lossLabel(loss), floors };
    },
    'loss against trials',
  );
  if (drawn === null) return null;
  return {
    name: 'loss',
    title: 'Loss',
    caption:
      `${lossLabel(loss)} against trials. ${stretchNote}${drawn.note} A seed that diverged counts as an infinite loss from there on. ` +
      'A line ends when most seeds have diverged, or when the median exceeds ten times the loss of any untrained network.' +
      floorNote(floors),
    svg: drawn.svg,
  };
}
