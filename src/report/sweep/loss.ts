import type { SweepData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { courseFigure } from './course-figure.ts';
import { lossAxis } from './loss-axis.ts';
import { runaway } from './untrained.ts';

/** Loss against trials of every cell: median and quartiles over its seeds. */
export function sweepLossFigure(sweep: SweepData): Figure | null {
  const ceiling = runaway(sweep.cells);
  const drawn = courseFigure(
    sweep,
    { values: ({ losses }) => losses, diverged: Infinity },
    ({ low, median }) => low > 0 && Number.isFinite(median) && median <= ceiling,
    (points) => {
      const { scale, domain, ticks, tickFormat, minor } = lossAxis(
        points.flatMap(({ low, median, high }) => [low, Number.isFinite(high) ? high : median]),
        ceiling,
      );
      return {
        scale,
        top: domain[1],
        minorTicks: minor,
        axis: { label: 'Loss (half mean squared error)', ticks, tickFormat },
      };
    },
    'loss against trials',
  );
  if (drawn === null) return null;
  return {
    name: 'loss',
    title: 'Loss',
    caption:
      `Loss against trials. ${drawn.note} A seed that diverged counts as an infinite loss from there on: ` +
      'where most did, or the median is beyond ten times the loss of any untrained network, the line ends.',
    svg: drawn.svg,
  };
}
