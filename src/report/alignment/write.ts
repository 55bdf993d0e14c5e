import { alignmentFiles, writeTogether, type Alignment } from '../../recording/index.ts';
import type { Report } from '../render.ts';
import { histogramFigure, matrixFigure } from './matrix.ts';
import { alignmentPage } from './page.ts';
import { planeFigure } from './plane.ts';

/** Draws the report of an alignment. The same alignment gives the same bytes. */
export function renderAlignment(alignment: Alignment): Report {
  const figures = [matrixFigure(alignment), histogramFigure(alignment), planeFigure(alignment)];
  return {
    html: alignmentPage(alignment, figures),
    figures: Object.fromEntries(figures.map(({ name, svg }) => [name, svg])),
  };
}

/**
 * Writes an alignment into a directory, which is created if needed: `report.html`, figures, `alignment.json` and `alignment.csv`, all or none.
 *
 * @returns Their paths, the report first.
 * @throws InputError if they cannot be written there, RunError if the disk is full or fails.
 */
export function writeAlignment(alignment: Alignment, directory: string): string[] {
  const { html, figures } = renderAlignment(alignment);
  return writeTogether(directory, [
    { name: 'report.html', parts: [html] },
    ...Object.entries(figures).map(([name, svg]) => ({ name: `${name}.svg`, parts: [svg] })),
    ...alignmentFiles(alignment),
  ]);
}
