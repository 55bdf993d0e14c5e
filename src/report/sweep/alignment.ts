import type { SweepData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { courseFigure } from './course-figure.ts';

/** Feedback alignment against trials of every cell: median and quartiles over its seeds. */
export function sweepAlignmentFigure(sweep: SweepData): Figure | null {
  const drawn = courseFigure(
    sweep,
    { values: ({ alignments }) => alignments, diverged: NaN },
    ({ median }) => Number.isFinite(median),
    (points) => {
      const least = points.reduce((low, point) => Math.min(low, point.low), 0);
      return {
        scale: { domain: [Math.max(-1, Math.floor((least - 0.02) * 5) / 5), 1] },
        top: 1,
        minorTicks: [],
        axis: { label: 'Feedback alignment (cosine)', ticks: 6, tickFormat: linearLabel },
      };
    },
    'feedback alignment against trials',
  );
  if (drawn === null) return null;
  return {
    name: 'alignment',
    title: 'Feedback alignment',
    caption: `Cosine between the feedback weights and the transposed readout weights after each trial. ${drawn.note}`,
    svg: drawn.svg,
  };
}
