import { resultsCsv, summarizeSweep, writeTogether, type SweepData } from '../../recording/index.ts';
import { figureFiles } from '../write.ts';
import { renderSweepReport } from './render.ts';

/**
 * Writes `results.csv`, `summary.json`, `report.html` and `figures/*.svg` into a sweep's directory, all or none, and returns their paths:
 * the report first, then the table of results.
 *
 * @throws InputError or RunError if a file cannot be written.
 */
export function writeSweepReport(sweep: SweepData): string[] {
  const { html, figures } = renderSweepReport(sweep);
  return writeTogether(sweep.directory, [
    { name: 'report.html', parts: [html] },
    { name: 'results.csv', parts: resultsCsv(sweep) },
    { name: 'summary.json', parts: [`${JSON.stringify(summarizeSweep(sweep), null, 2)}\n`] },
    ...figureFiles(figures),
  ]);
}
