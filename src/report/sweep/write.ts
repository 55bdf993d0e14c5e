import { join } from 'node:path';
import {
  makeDirectory,
  resultsCsv,
  summarizeSweep,
  sweepFiles,
  writeWhole,
  type SweepData,
} from '../../recording/index.ts';
import { renderSweepReport } from './render.ts';

/**
 * Writes `results.csv`, `summary.json`, `report.html` and `figures/*.svg` into a sweep's directory, each file whole or not at all, and
 * returns their paths: the report first, then the table of results.
 *
 * @throws InputError or RunError if a file cannot be written.
 */
export function writeSweepReport(sweep: SweepData): string[] {
  const files = sweepFiles(sweep.directory);
  const { html, figures } = renderSweepReport(sweep);
  makeDirectory(files.figures);
  const all = [
    { path: files.report, text: html },
    { path: files.results, text: [...resultsCsv(sweep)].join('') },
    { path: files.summary, text: `${JSON.stringify(summarizeSweep(sweep), null, 2)}\n` },
    ...Object.entries(figures).map(([name, svg]) => ({ path: join(files.figures, `${name}.svg`), text: svg })),
  ];
  for (const { path, text } of all) writeWhole(path, text);
  return all.map(({ path }) => path);
}
