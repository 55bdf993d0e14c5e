import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { InputError } from '../errors/index.ts';
import { fileError, onFile } from './file-errors.ts';

/**
 * Makes a directory and those above it that are missing.
 *
 * @returns Undoes it: removes what was made, as far as it is empty.
 * @throws InputError if it cannot be made; nothing of it is left.
 */
export function makeDirectory(path: string): () => void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  const undo = (): void => {
    // The innermost first. What was not made is passed over; what is not empty stays, and so do those above it.
    missing.forEach((directory) => {
      if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
    });
  };
  onFile(path, () => {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) throw new InputError(path, 'is a file; give a directory');
    try {
      // One by one, the outermost first: all in one go never ends where a file system refuses a directory as if its parent were missing, as /proc does.
      for (const directory of missing.toReversed()) makeOne(directory);
    } catch (error) {
      undo();
      throw error;
    }
  });
  return undo;
}

/** Makes a directory, if nobody else makes it at the same time. */
function makeOne(directory: string): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    if (existsSync(directory)) return;
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new InputError(directory, 'cannot be created here; give a directory elsewhere');
  }
}

/**
 * Makes a directory under the first of `base`, `base-2`, `base-3`, ... that is free.
 * Those who come at the same time get one each.
 *
 * @returns It, and what takes it back, and those above it that were made, as far as they are empty.
 * @throws InputError if it cannot be made; nothing is left behind then.
 */
export function createNumberedDirectory(base: string): { readonly directory: string; readonly release: () => void } {
  const releaseParent = makeDirectory(dirname(base));
  for (;;) {
    const directory = nextFreeDirectory(base);
    try {
      mkdirSync(directory);
    } catch (error) {
      if (existsSync(directory)) continue; // another was faster
      releaseParent();
      throw fileError(directory, error);
    }
    const release = () => {
      if (readdirSync(directory).length === 0) rmdirSync(directory);
      releaseParent();
    };
    return { directory, release };
  }
}

/** The first of `base`, `base-2`, `base-3`, ... that is not there yet: a run's default directory. */
export function nextFreeDirectory(base: string): string {
  let directory = base;
  for (let number = 2; existsSync(directory); number++) directory = `${base}-${number}`;
  return directory;
}

/** The last of `base`, `base-2`, `base-3`, ... that holds what is wanted; null if none does. */
export function latestOf(base: string, holds: (directory: string) => boolean): string | null {
  const parent = dirname(base);
  if (!existsSync(parent)) return null;
  const numbers = readdirSync(parent)
    .map((name) => numberOf(name, basename(base)))
    .filter((number) => number > 0 && holds(numbered(base, number)));
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
