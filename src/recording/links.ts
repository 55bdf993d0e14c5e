import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { InputError } from '../errors/index.ts';
import { onFile } from './file-errors.ts';

/*
 * A run or sweep directory may come from someone else, for example in an archive. Writing through a link in it could overwrite one of the
 * user's files, so nothing is written through a link. The directory itself was named by the user, and may be a link.
 */

/** Checks that `file` can be written. @throws InputError if something is there that is not an ordinary file: a link, a directory, a pipe. */
export function checkPlaceOfFile(file: string): void {
  const found = entryAt(file);
  if (found === undefined || found.isFile()) return;
  throw new InputError(file, `is ${kindOf(found)}, but rxflo must write a file there; move it, or give another place`);
}

/**
 * Checks that `directory` can be written into. Returns whether it exists.
 *
 * @throws InputError if something else is there: a link, a file, a pipe.
 */
export function checkPlaceOfDirectory(directory: string): boolean {
  const found = entryAt(directory);
  if (found === undefined || found.isDirectory()) return found !== undefined;
  throw new InputError(
    directory,
    `is ${kindOf(found)}, but rxflo needs a directory there; move it, or give another place`,
  );
}

/**
 * Makes the missing directories of `path` below `base`.
 *
 * @returns Those that were made, the outermost first.
 * @throws InputError if one is a link, or is not a directory.
 */
export function makeBelow(base: string, path: string): string[] {
  return below(base, path).filter((directory) => {
    if (checkPlaceOfDirectory(directory)) return false;
    onFile(directory, () => {
      mkdirSync(directory);
    });
    return true;
  });
}

/** The directories below `base`, down to `path`. */
function below(base: string, path: string): string[] {
  const steps = relative(base, path).split(sep);
  if (steps[0] === '') return [];
  return steps.map((_, i) => join(base, ...steps.slice(0, i + 1)));
}

/** What is at a path, without following a link; undefined if there is nothing. */
function entryAt(path: string): Stats | undefined {
  return onFile(path, () => lstatSync(path, { throwIfNoEntry: false }));
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return 'a link';
  return found.isDirectory() ? 'a directory' : found.isFile() ? 'a file' : 'a device or a pipe';
}
