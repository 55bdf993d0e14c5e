import { atBest, type SweepData } from '../../recording/index.ts';
import type { Report } from '../render.ts';
import { sweepAlignmentFigure } from './alignment.ts';
import { costFigure } from './cost.ts';
import { finalLossFigure, tuningFigure } from './final-loss.ts';
import { finalLossList } from './final-loss-list.ts';
import { sweepLossFigure } from './loss.ts';
import { mapFigure } from './map.ts';
import { sweepOutputFigure } from './output.ts';
import { sweepPage } from './page.ts';
import { tunedNote } from './tuned.ts';

/** The figures, in the order in which the report shows them: the results first, then how they came about. */
const figuresInOrder = [
  ...[mapFigure, costFigure, finalLossFigure, finalLossList],
  ...[sweepOutputFigure, sweepLossFigure, sweepAlignmentFigure],
] as const;

/** Draws the report of a sweep, whole or broken off. The same sweep gives the same bytes. */
export function renderSweepReport(sweep: SweepData): Report {
  const shown = atBest(sweep);
  const note = tunedNote(sweep);
  const figures = figuresInOrder
    .flatMap((draw) => draw(shown) ?? [])
    .map((figure) => ({ ...figure, caption: `${figure.caption}${note}` }))
    .concat(tuningFigure(sweep) ?? []);
  return { html: sweepPage(sweep, figures), figures: Object.fromEntries(figures.map(({ name, svg }) => [name, svg])) };
}
