import { freeName, writeTogether, type FileParts, type RunData } from '../recording/index.ts';
import { renderReport, type Report } from './render.ts';

/**
 * Writes `report.html` and `figures/*.svg` into the run's directory, all or none, and returns their paths, the report first.
 *
 * @throws InputError or RunError if a file cannot be written.
 */
export function writeReport(run: RunData): string[] {
  const { html, figures } = renderReport(run);
  return writeTogether(run.directory, [{ name: 'report.html', parts: [html] }, ...figureFiles(figures)]);
}

/** The figures of a report as files. */
export function figureFiles(figures: Report['figures']): FileParts[] {
  const taken = new Set<string>();
  return Object.entries(figures).map(([name, svg]) => ({ name: `figures/${freeName(name, taken)}.svg`, parts: [svg] }));
}
