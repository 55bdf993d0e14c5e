import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors/index.ts';
import { checkIdentity } from '../checkpoint.ts';
import { createNumberedDirectory, latestOf, makeDirectory } from '../directories.ts';
import { onFile } from '../file-errors.ts';
import { checkPlaceOfDirectory, checkPlaceOfFile, makeBelow } from '../links.ts';
import { LOCK, lockDirectory } from '../lock.ts';
import { clearTemporaries, isTemporary } from '../temporaries.ts';
import { readDescription, writeDescription, type SweepDescription } from './description.ts';

/** The paths of the files in a sweep directory. */
export interface SweepFiles {
  readonly directory: string;
  readonly description: string;
  /** A directory: one file for each realization that has ended. */
  readonly realizations: string;
  readonly results: string;
  readonly summary: string;
  readonly report: string;
  /** A directory. */
  readonly figures: string;
}

/** The files of the sweep in `directory`, whether or not they exist. */
export function sweepFiles(directory: string): SweepFiles {
  return {
    directory,
    description: join(directory, 'sweep.json'),
    realizations: join(directory, 'realizations'),
    results: join(directory, 'results.csv'),
    summary: join(directory, 'summary.json'),
    report: join(directory, 'report.html'),
    figures: join(directory, 'figures'),
  };
}

/** The files of all kept realizations. A sweep has many and looks up each, so the directory is listed only once. */
export function keptRealizations({ realizations }: SweepFiles): ReadonlySet<string> {
  const names = existsSync(realizations) ? onFile(realizations, () => readdirSync(realizations)) : [];
  return new Set(names.map((name) => join(realizations, name)));
}

/** The file of one realization. */
export function realizationFile({ realizations }: SweepFiles, cell: number, seed: number): string {
  return join(realizations, `cell-${cell}-seed-${seed}.msgpack`);
}

/** True if `directory` holds a sweep, complete or not. */
export function holdsSweep(directory: string): boolean {
  return existsSync(sweepFiles(directory).description);
}

/** The last of `base`, `base-2`, `base-3`, ... that holds a sweep; null if none does. */
export function latestSweepDirectory(base: string): string | null {
  return latestOf(base, holdsSweep);
}

/** Where a sweep is written. */
export interface SweepPlace {
  readonly directory: string;
  /** Whether to append -2, -3, ... to the name if it is taken. */
  readonly numbered?: boolean | undefined;
  /** Whether to continue the sweep in the directory. */
  readonly resume?: boolean | undefined;
}

/** A sweep directory that only this process works in. */
export interface OpenSweep {
  readonly files: SweepFiles;
  /** Lets other processes work there. */
  readonly release: () => void;
}

/**
 * Begins a sweep in a new or empty directory, or continues one.
 *
 * @throws InputError if the directory holds something else or a different sweep, or another process works there.
 */
export function openSweep(description: SweepDescription, { directory, numbered, resume }: SweepPlace): OpenSweep {
  if (resume) return reopenSweep(description, directory);
  if (numbered) return beginSweep(description, createNumberedDirectory(directory).directory);
  if (holdsSweep(directory)) {
    const fix = 'give --resume to continue it, or another directory with --out';
    throw new InputError(directory, `already holds a sweep; ${fix}`);
  }
  makeDirectory(directory);
  return beginSweep(description, directory);
}

function beginSweep(description: SweepDescription, directory: string): OpenSweep {
  const files = sweepFiles(directory);
  const foreign = readdirSync(directory).find((name) => !isLeftOver(name));
  if (foreign !== undefined) {
    throw new InputError(directory, `holds something else (${foreign}); give a new or empty directory with --out`);
  }
  const release = lockDirectory(directory);
  try {
    makeBelow(directory, files.realizations);
    writeDescription(files.description, description);
  } catch (error) {
    release();
    throw error;
  }
  return { files, release };
}

function reopenSweep(description: SweepDescription, directory: string): OpenSweep {
  const files = sweepFiles(directory);
  if (!holdsSweep(directory)) {
    // The sweep was killed before its description was written: it has done nothing yet.
    if (existsSync(directory) && readdirSync(directory).some((name) => LOCK.test(name))) {
      return beginSweep(description, directory);
    }
    throw new InputError(directory, 'holds no sweep to resume; check the name, or start one without --resume');
  }
  const release = lockDirectory(directory);
  try {
    checkIdentity(files.description, readDescription(files.description).identity, description.identity);
    for (const file of [files.description, files.results, files.summary, files.report]) checkPlaceOfFile(file);
    checkPlaceOfDirectory(files.figures);
    makeBelow(directory, files.realizations);
    for (const place of [directory, files.realizations]) clearTemporaries(place, true);
    // How the results are shown, such as what counts as best, may have changed.
    writeDescription(files.description, description);
    // They describe a sweep that has ended, but this one continues.
    for (const file of [files.results, files.summary, files.report]) rmSync(file, { force: true });
  } catch (error) {
    release();
    throw error;
  }
  return { files, release };
}

/** Whether a sweep that was killed as it began may have left a file or directory of this name. */
function isLeftOver(name: string): boolean {
  return LOCK.test(name) || isTemporary(name) || name === 'realizations';
}
