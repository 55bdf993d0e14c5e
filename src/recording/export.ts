import { isAbsolute, join, relative } from 'node:path';
import { csvFiles } from './export-csv.ts';
import { npzFiles } from './export-npz.ts';
import { writeTogether } from './files.ts';
import { readRun } from './read-run.ts';

/** 'csv' for pandas and spreadsheets, 'npz' for NumPy. */
export type ExportFormat = 'csv' | 'npz';

/**
 * Writes a run's recording to files that other programs read; all of them, or none.
 *
 * @param directory The run directory.
 * @param out The directory for the files; made if necessary. Files of an earlier export are replaced.
 * @returns Their paths.
 * @throws InputError if the run cannot be read or the files cannot be made there, RunError if the disk is full or fails.
 */
export function exportRun(directory: string, format: ExportFormat, out: string): string[] {
  const files = format === 'csv' ? csvFiles(readRun(directory, () => false)) : npzFiles(readRun(directory));
  const within = relative(directory, out);
  if (within === '' || within.startsWith('..') || isAbsolute(within)) return writeTogether(out, files);
  // A path below the run directory may be a link that someone else made.
  return writeTogether(
    directory,
    files.map(({ name, parts }) => ({ name: join(within, name), parts })),
  );
}
