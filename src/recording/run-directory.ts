import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../errors/index.ts';
import { createNumberedDirectory, latestOf, makeDirectory } from './directories.ts';
import { checkPlaceOfDirectory, checkPlaceOfFile } from './links.ts';
import { LOCK, lockDirectory } from './lock.ts';
import { holdsSweep } from './sweep/directory.ts';
import { clearTemporaries } from './temporaries.ts';

/** The paths of the files in a run directory. */
export interface RunFiles {
  readonly directory: string;
  readonly summary: string;
  readonly recording: string;
  readonly checkpoint: string;
  readonly report: string;
  /** A directory. */
  readonly figures: string;
}

/** A run directory that only this process works in. */
export interface LockedRunDirectory {
  readonly files: RunFiles;
  /** Lets other processes work there. */
  readonly unlock: () => void;
}

/** A run directory that was made for a run. */
export interface NewRunDirectory extends LockedRunDirectory {
  /** Removes the directory, and those above it that were made, as far as they are empty. */
  readonly release: () => void;
  /** Removes everything: for a run that turned out to be wrong before it began. */
  readonly discard: () => void;
}

/** The files of the run in `directory`, whether or not they exist. */
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

/** True if `directory` holds a run, complete or not. */
export function holdsRun(directory: string): boolean {
  const { summary, recording, checkpoint } = runFiles(directory);
  return [summary, recording, checkpoint].some((path) => existsSync(path));
}

/** True if a run was killed as it began in `directory`, with nothing written but its lock. */
export function holdsOnlyLock(directory: string): boolean {
  return !holdsRun(directory) && existsSync(directory) && readdirSync(directory).some((name) => LOCK.test(name));
}

/** @throws InputError if `directory` holds a sweep: its summary.json is not that of a run. */
function refuseSweep(directory: string): void {
  if (!holdsSweep(directory)) return;
  throw new InputError(directory, 'holds a sweep, not a run; give another directory with --out, or use rxflo sweep');
}

/**
 * Makes the directory of a new run, and the directories above it that are missing, and locks it.
 *
 * @throws InputError if it holds a run already, cannot be made, or another process works there; nothing is left behind then.
 */
export function createRunDirectory(directory: string): NewRunDirectory {
  const files = runFiles(directory);
  refuseSweep(directory);
  const there = contents(files).find((path) => existsSync(path));
  if (there !== undefined) {
    throw new InputError(
      directory,
      `already holds a run (it has ${basename(there)}); give --resume to continue it, or another directory with --out`,
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

function made(files: RunFiles, removeDirectory: () => void): NewRunDirectory {
  const unlock = undoing(removeDirectory, () => lock(files));
  const release = (): void => {
    unlock();
    removeDirectory();
  };
  const discard = (): void => {
    for (const path of contents(files)) rmSync(path, { recursive: true, force: true });
    release();
  };
  return { files, unlock, release, discard };
}

/**
 * Locks the directory of a run to resume, and removes the temporary files that a killed run may have left.
 * Its checkpoint may be missing, if the run was killed as it began.
 *
 * @throws InputError if it holds no run, another process works there, or a link is where the run will write.
 */
export function openRunDirectory(directory: string): LockedRunDirectory {
  refuseSweep(directory);
  if (!holdsRun(directory)) {
    throw new InputError(directory, 'holds no run to resume; check the name, or start one without --resume');
  }
  const files = runFiles(directory);
  return { files, unlock: lock(files) };
}

/** Locks a run directory, and checks that a run can write there. */
function lock(files: RunFiles): () => void {
  const unlock = lockDirectory(files.directory);
  return undoing(unlock, () => {
    for (const file of [files.recording, files.checkpoint, files.summary, files.report]) checkPlaceOfFile(file);
    checkPlaceOfDirectory(files.figures);
    clearTemporaries(files.directory, true);
    return unlock;
  });
}

/** Runs an action; if it fails, undoes what went before. */
export function undoing<T>(undo: () => void, action: () => T): T {
  try {
    return action();
  } catch (error) {
    undo();
    throw error;
  }
}

/** The last of `base`, `base-2`, `base-3`, ... that holds a run; null if none does. */
export function latestDirectory(base: string): string | null {
  return latestOf(base, holdsRun);
}

function contents({ summary, recording, checkpoint, report, figures }: RunFiles): string[] {
  return [summary, recording, checkpoint, report, figures];
}
