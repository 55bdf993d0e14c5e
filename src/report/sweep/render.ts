import type { SweepData } from '../../recording/index.ts';
import type { Report } from '../render.ts';
import { sweepAlignmentFigure } from './alignment.ts';
import { costFigure } from './cost.ts';
import { finalLossFigure } from './final-loss.ts';
import { sweepLossFigure } from './loss.ts';
import { mapFigure } from './map.ts';
import { sweepPage } from './page.ts';

/** The figures, in the order in which the report shows them: the results first, then how they came about. */
const figuresInOrder = [mapFigure, costFigure, finalLossFigure, sweepLossFigure, sweepAlignmentFigure] as const;

/** Draws the report of a sweep, whole or broken off. The same sweep gives the same bytes. */
export function renderSweepReport(sweep: SweepData): Report {
  const figures = figuresInOrder.flatMap((draw) => draw(sweep) ?? []);
  return { html: sweepPage(sweep, figures), figures: Object.fromEntries(figures.map(({ name, svg }) => [name, svg])) };
}
