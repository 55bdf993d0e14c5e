import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory } from './directories.ts';
import { onFile } from './file-errors.ts';
import { checkPlaceOfFile, makeBelow } from './links.ts';
import { clearTemporaries, writeTemporary } from './temporaries.ts';

/**
 * Writes a file completely or not at all: a reader sees the old content or the new, even after a crash.
 *
 * @throws InputError if it cannot be made there, or a link or a directory is there; RunError if the disk is full or fails; the old content is kept.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  checkPlaceOfFile(file);
  const temporary = writeTemporary(file, [content]);
  try {
    putInPlace(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(file));
}

/** A file's name and its content, in pieces. */
export interface FileParts {
  /** Its path below the directory that it goes to, with / between: `figures/loss.svg`. */
  readonly name: string;
  readonly parts: Iterable<string | Uint8Array>;
}

/**
 * Writes several files into a directory, all of them or none; makes the directory, and those below it, if necessary.
 *
 * @returns Their paths.
 * @throws InputError if they cannot be made there, or anything below the directory is a link; RunError if the disk is full or fails.
 */
export function writeTogether(directory: string, files: readonly FileParts[]): string[] {
  const removeDirectory = makeDirectory(directory);
  const paths = files.map(({ name }) => join(directory, name));
  const folders = [...new Set(paths.map(dirname))];
  const made: string[] = [];
  const temporaries: string[] = [];
  try {
    for (const folder of folders) {
      made.push(...makeBelow(directory, folder));
      clearTemporaries(folder);
    }
    paths.forEach(checkPlaceOfFile);
    files.forEach(({ parts }, i) => temporaries.push(writeTemporary(paths[i], parts)));
    temporaries.forEach((temporary, i) => {
      putInPlace(temporary, paths[i]);
    });
  } catch (error) {
    for (const temporary of temporaries) rmSync(temporary, { force: true });
    for (const folder of made.reverse()) if (readdirSync(folder).length === 0) rmdirSync(folder);
    removeDirectory();
    throw error;
  }
  folders.forEach(syncDirectory);
  return paths;
}

/** Renaming does not follow links, so a link that was put at `file` in the meantime is replaced. */
function putInPlace(temporary: string, file: string): void {
  onFile(file, () => {
    renameSync(temporary, file);
  });
}

/** Flushes new and renamed files of a directory to the disk, on systems where a directory can be opened. */
function syncDirectory(directory: string): void {
  try {
    const handle = openSync(directory, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows cannot open directories; it writes their entries itself.
  }
}
