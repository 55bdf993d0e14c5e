import { atBest, type SweepData } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import type { Report } from '../render.ts';
import { sweepAlignmentFigure } from './alignment.ts';
import { acrossFigure, tuningFigure } from './across.ts';
import { costFigure } from './cost.ts';
import { listFigure } from './list.ts';
import { sweepLossFigure } from './loss.ts';
import { mapFigure } from './map.ts';
import { sweepOutputFigure } from './output.ts';
import { sweepPage } from './page.ts';
import { quantitiesOf } from './quantity.ts';
import { scoreCourseFigure } from './score-course.ts';
import { tunedNote } from './tuned.ts';

/** The figures, in the order in which the report shows them: first the results, then the course of learning. */
function figuresOf(sweep: SweepData): readonly Figure[] {
  const quantities = quantitiesOf(sweep);
  return [
    mapFigure(sweep, quantities[0]),
    costFigure(sweep),
    ...quantities.flatMap((quantity) => [acrossFigure(sweep, quantity), listFigure(sweep, quantity)]),
    sweepOutputFigure(sweep),
    ...Object.keys(sweep.description.scores).map((score) => scoreCourseFigure(sweep, score)),
    sweepLossFigure(sweep),
    sweepAlignmentFigure(sweep),
  ].filter((figure) => figure !== null);
}

/** Draws the report of a sweep, complete or not. The same sweep gives the same bytes. */
export function renderSweepReport(sweep: SweepData): Report {
  const shown = atBest(sweep);
  const note = tunedNote(sweep);
  const figures = figuresOf(shown)
    .map((figure) => ({ ...figure, caption: `${figure.caption}${note}` }))
    .concat(tuningFigure(sweep, quantitiesOf(sweep)[0]) ?? []);
  return { html: sweepPage(sweep, figures), figures: Object.fromEntries(figures.map(({ name, svg }) => [name, svg])) };
}
