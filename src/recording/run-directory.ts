import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../errors/index.ts';
import { createNumberedDirectory, latestOf, makeDirectory } from './directories.ts';

/** The paths of what a run leaves in its directory. */
export interface RunFiles {
  readonly directory: string;
  readonly summary: string;
  readonly recording: string;
  readonly checkpoint: string;
  readonly report: string;
  /** A directory. */
  readonly figures: string;
}

/** A run directory that was made for a run. */
export interface NewRunDirectory {
  readonly files: RunFiles;
  /** Takes the directory back, and those above it that were made, as far as they are empty. */
  readonly release: () => void;
  /** Takes everything back: for a run that turned out to be wrong before it began. */
  readonly discard: () => void;
}

/** The files of the run in `directory`, whether they are there or not. */
export function runFiles(directory: string): RunFiles {
  return {
    directory,
    summary: join(directory, 'summary.json'),
    recording: join(directory, 'recording.msgpack'),
    checkpoint: join(directory, 'checkpoint.msgpack'),
    report: join(directory, 'report.html'),
    figures: join(directory, 'figures'),
  };
}

/** True if `directory` holds a run, whole or begun. */
export function holdsRun(directory: string): boolean {
  const { summary, recording, checkpoint } = runFiles(directory);
  return [summary, recording, checkpoint].some((path) => existsSync(path));
}

/**
 * Makes the directory of a new run, and the directories above it that are missing.
 *
 * @throws InputError if it holds a run already, or cannot be made; nothing is left behind then.
 */
export function createRunDirectory(directory: string): NewRunDirectory {
  const files = runFiles(directory);
  const there = contents(files).find((path) => existsSync(path));
  if (there !== undefined) {
    throw new InputError(
      directory,
      `already holds a run (there is ${basename(there)}); give --resume to go on with it, or another directory with --out`,
    );
  }
  return made(files, makeDirectory(directory));
}

/**
 * Makes the directory of a new run under the first of `base`, `base-2`, `base-3`, ... that is free.
 * Runs that start at the same time get one each.
 *
 * @throws InputError if it cannot be made; nothing is left behind then.
 */
export function createNumberedRunDirectory(base: string): NewRunDirectory {
  const { directory, release } = createNumberedDirectory(base);
  return made(runFiles(directory), release);
}

function made(files: RunFiles, release: () => void): NewRunDirectory {
  const discard = (): void => {
    for (const path of contents(files)) rmSync(path, { recursive: true, force: true });
    release();
  };
  return { files, release, discard };
}

/**
 * The directory of a run that is to be resumed, cleared of the temporary files that a killed run may leave.
 * Its checkpoint may be missing, where the run was killed as it began.
 *
 * @throws InputError if it holds no run.
 */
export function openRunDirectory(directory: string): RunFiles {
  if (!holdsRun(directory)) {
    throw new InputError(directory, 'holds no run to resume; check the name, or start one without --resume');
  }
  for (const name of readdirSync(directory)) {
    if (TEMPORARY.test(name)) rmSync(join(directory, name), { force: true });
  }
  return runFiles(directory);
}

/** What whole-or-nothing writing calls its temporary files: the name and a number. */
const TEMPORARY = /^(?:summary\.json|checkpoint\.msgpack|report\.html)\.\d+$/;

/** The last of `base`, `base-2`, `base-3`, ... that holds a run; null if none does. */
export function latestDirectory(base: string): string | null {
  return latestOf(base, holdsRun);
}

function contents({ summary, recording, checkpoint, report, figures }: RunFiles): string[] {
  return [summary, recording, checkpoint, report, figures];
}
