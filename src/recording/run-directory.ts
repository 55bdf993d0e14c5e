import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors/index.ts';
import { makeDirectory } from './directories.ts';
import { fileError } from './file-errors.ts';

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
  const releaseParent = makeDirectory(dirname(base));
  for (;;) {
    const directory = nextFreeDirectory(base);
    try {
      mkdirSync(directory);
    } catch (error) {
      if (existsSync(directory)) continue; // another run was faster
      releaseParent();
      throw fileError(directory, error);
    }
    return made(runFiles(directory), () => {
      if (readdirSync(directory).length === 0) rmdirSync(directory);
      releaseParent();
    });
  }
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

/** The first of `base`, `base-2`, `base-3`, ... that is not there yet: a run's default directory. */
export function nextFreeDirectory(base: string): string {
  let directory = base;
  for (let number = 2; existsSync(directory); number++) directory = `${base}-${number}`;
  return directory;
}

/** The last of `base`, `base-2`, `base-3`, ... that holds a run; null if none does. */
export function latestDirectory(base: string): string | null {
  const parent = dirname(base);
  if (!existsSync(parent)) return null;
  const numbers = readdirSync(parent)
    .map((name) => numberOf(name, basename(base)))
    .filter((number) => number > 0 && holdsRun(numbered(base, number)));
  return numbers.length > 0 ? numbered(base, Math.max(...numbers)) : null;
}

/** 1 for `periodic`, 2 for `periodic-2`; 0 for a name of another kind. */
function numberOf(name: string, base: string): number {
  if (name === base) return 1;
  const tail = name.slice(base.length);
  if (!name.startsWith(base) || !/^-[1-9]\d{0,8}$/.test(tail)) return 0;
  return tail === '-1' ? 0 : Number(tail.slice(1));
}

function numbered(base: string, number: number): string {
  return number === 1 ? base : `${base}-${number}`;
}

function contents({ summary, recording, checkpoint, report, figures }: RunFiles): string[] {
  return [summary, recording, checkpoint, report, figures];
}
