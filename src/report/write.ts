import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors/index.ts';
import { runFiles, writeWhole, type RunData } from '../recording/index.ts';
import { renderReport } from './render.ts';

/**
 * Writes `report.html` and `figures/*.svg` into the run's directory, each file whole or not at all, and returns their paths,
 * the report first.
 *
 * @throws InputError or RunError if a file cannot be written.
 */
export function writeReport(run: RunData): string[] {
  const { html, figures } = renderReport(run);
  const files = runFiles(run.directory);
  makeDirectory(files.figures);
  const drawn = Object.entries(figures).map(([name, svg]) => ({ path: join(files.figures, `${name}.svg`), text: svg }));
  const all = [{ path: files.report, text: html }, ...drawn];
  for (const { path, text } of all) writeWhole(path, text);
  return all.map(({ path }) => path);
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new InputError(directory, `cannot be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}
