import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { InputError } from '../errors/index.ts';
import { checkWritable, fileError, onFile } from './file-errors.ts';

/**
 * Makes a directory and those above it that are missing, or checks that one that exists can be written to.
 *
 * @returns A function that undoes it: removes the directories that were made and are empty.
 * @throws InputError if it cannot be made; nothing of it is left.
 */
export function makeDirectory(path: string): () => void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  const undo = (): void => {
    // The innermost first. Directories that were not made are skipped; one that is not empty stays, and so do those above it.
    missing.forEach((directory) => {
      if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
    });
  };
  onFile(path, () => {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) throw new InputError(path, 'is a file; give a directory');
    if (missing.length === 0) checkWritable(path);
    try {
      // One by one, the outermost first: a recursive mkdir never ends on a file system that reports a refused directory as missing, such as /proc.
      for (const directory of missing.toReversed()) makeOne(directory);
    } catch (error) {
      undo();
      throw error;
    }
  });
  return undo;
}

/** Makes a directory, unless another process makes it at the same time. */
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
 * Processes that do so at the same time get one each.
 *
 * @returns The directory, and a function that removes it and those above it that were made, as far as they are empty.
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

/** The first of `base`, `base-2`, `base-3`, ... that does not exist yet: a run's default directory. */
export function nextFreeDirectory(base: string): string {
  let directory = base;
  for (let number = 2; existsSync(directory); number++) directory = `${base}-${number}`;
  return directory;
}

/** The last of `base`, `base-2`, `base-3`, ... for which `holds` is true; null if there is none. */
export function latestOf(base: string, holds: (directory: string) => boolean): string | null {
  const parent = dirname(base);
  if (!existsSync(parent)) return null;
  const numbers = readdirSync(parent)
    .map((name) => numberOf(name, basename(base)))
    .filter((number) => number > 0 && holds(numbered(base, number)));
  return numbers.length > 0 ? numbered(base, Math.max(...numbers)) : null;
}

/** 1 for `periodic`, 2 for `periodic-2`; 0 for any other name. */
function numberOf(name: string, base: string): number {
  if (name === base) return 1;
  const tail = name.slice(base.length);
  if (!name.startsWith(base) || !/^-[1-9]\d{0,8}$/.test(tail)) return 0;
  return tail === '-1' ? 0 : Number(tail.slice(1));
}

function numbered(base: string, number: number): string {
  return number === 1 ? base : `${base}-${number}`;
}
