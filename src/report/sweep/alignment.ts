import type { SweepData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { courseOf } from './course.ts';
import { courseFigure, stretchNote } from './course-figure.ts';

/** Feedback alignment of every cell against trials: median and quartiles over its seeds. */
export function sweepAlignmentFigure(sweep: SweepData): Figure | null {
  const drawn = courseFigure(
    sweep,
    ({ realizations }) => courseOf(realizations, { values: ({ alignments }) => alignments, diverged: NaN }),
    ({ median }) => Number.isFinite(median),
    (points) => {
      const least = points.reduce((low, point) => Math.min(low, point.low), 0);
      return {
        scale: { type: 'linear', domain: [Math.max(-1, Math.floor((least - 0.02) * 5) / 5), 1] },
        ticks: 6,
        tickFormat: linearLabel,
        minor: [],
        label: 'Feedback alignment (cosine)',
      };
    },
    'feedback alignment against trials',
    false,
  );
  if (drawn === null) return null;
  return {
    name: 'alignment',
    title: 'Feedback alignment',
    caption: `Cosine between the feedback weights and the transposed readout weights after each trial; no line if the error does not come back through them. ${stretchNote}${drawn.note}`,
    svg: drawn.svg,
  };
}
