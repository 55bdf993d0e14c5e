import type { RunData } from '../recording/index.ts';
import { drawnOnce } from './data/drawn.ts';
import { activityFigure } from './figures/activity.ts';
import { alignmentFigure } from './figures/alignment.ts';
import { gradientAlignmentFigure } from './figures/gradient-alignment.ts';
import { lossFigure } from './figures/loss.ts';
import { outputFigure } from './figures/output.ts';
import { ratesFigure } from './figures/rates.ts';
import { scoresFigure } from './figures/scores.ts';
import { shownFigures } from './figures/shown.ts';
import { spikesFigure } from './figures/spikes.ts';
import { timeFigure } from './figures/time.ts';
import { weightHistogramFigure } from './figures/weight-histogram.ts';
import { weightsFigure } from './figures/weights.ts';
import { page } from './page/page.ts';

/** A report, not yet written. */
export interface Report {
  /** A self-contained HTML document, with style and figures inside. */
  readonly html: string;
  /** Standalone SVG documents by name; figures for which nothing was recorded are absent. */
  readonly figures: Readonly<Record<string, string>>;
}

/** The figures, in the order in which the report shows them. */
const figuresInOrder = [
  lossFigure,
  scoresFigure,
  outputFigure,
  alignmentFigure,
  gradientAlignmentFigure,
  spikesFigure,
  shownFigures,
  activityFigure,
  ratesFigure,
  weightsFigure,
  weightHistogramFigure,
  timeFigure,
] as const;

/** Draws the report of a run, complete or not. The same run gives the same bytes. */
export function renderReport(run: RunData): Report {
  const drawn = drawnOnce(run);
  const figures = figuresInOrder.flatMap((draw) => draw(drawn) ?? []);
  return { html: page(run, figures), figures: Object.fromEntries(figures.map(({ name, svg }) => [name, svg])) };
}
