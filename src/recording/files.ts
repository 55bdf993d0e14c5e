import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { InputError } from '../errors/index.ts';
import { oneLine } from './check.ts';
import { makeDirectory } from './directories.ts';
import { onFile } from './file-errors.ts';

/**
 * Opens a file for reading.
 *
 * @throws InputError if there is none, or it is no ordinary file.
 */
export function openToRead(file: string): number {
  return onFile(file, () => {
    if (!statSync(file).isFile()) throw new InputError(file, 'is no file, but a directory or a device; give a file');
    return openSync(file, 'r');
  });
}

/**
 * The text of a file, UTF-8.
 *
 * @param limit The most bytes it may have: what is larger is no file of this kind, and is not loaded.
 * @throws InputError if it cannot be read, is empty or is too large.
 */
function readText(file: string, limit: number): string {
  const handle = openToRead(file);
  try {
    const { size } = statSync(file);
    if (size > limit) throw new InputError(file, `has ${size} bytes; give a file of at most ${limit}`);
    const text = onFile(file, () => readFileSync(handle, 'utf8'));
    if (text.trim() === '') throw new InputError(file, 'is empty');
    return text.replace(/^\uFEFF/, ''); // some editors begin a file with a byte order mark
  } finally {
    closeSync(handle);
  }
}

/** The value of a JSON file; see `readText` for `limit` and the errors. */
export function readJson(file: string, limit: number): unknown {
  const text = readText(file, limit);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(file, `is not JSON: ${oneLine(String(error))}`);
  }
}

/**
 * Writes a file whole or not at all: whoever reads it, or finds it after a crash, sees the old content or the new.
 *
 * @throws InputError if it cannot be made there, RunError if the disk is full or fails; the old content is kept.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  onFile(file, () => {
    // The library makes the temporary file, brings it to the disk and renames it. What it writes it hands over in one
    // call, which a nearly full disk may cut short without an error; writeFileSync goes on until all is written.
    writeFileAtomic.sync(file, '', {
      tmpfileCreated: (temporary) => {
        writeFileSync(temporary, content);
      },
    });
  });
  syncDirectory(dirname(file));
}

/** A file's name and its content, piece by piece. */
export interface FileParts {
  readonly name: string;
  readonly parts: Iterable<string | Uint8Array>;
}

/**
 * Writes several files into a directory, all of them or none; makes the directory if need be.
 *
 * @returns Their paths.
 * @throws InputError if they cannot be made there, RunError if the disk is full or fails.
 */
export function writeTogether(directory: string, files: readonly FileParts[]): string[] {
  const removeDirectory = makeDirectory(directory);
  const written = files.map(({ name, parts }) => {
    const file = join(directory, name);
    return { file, temporary: `${file}.part`, parts };
  });
  try {
    for (const { file, temporary, parts } of written) {
      onFile(temporary, () => {
        if (isDirectory(file)) throw new InputError(file, 'is a directory; move it away, or give another place');
        writeParts(temporary, parts);
      });
    }
    for (const { file, temporary } of written) {
      onFile(file, () => {
        renameSync(temporary, file);
      });
    }
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    removeDirectory();
    throw error;
  }
  syncDirectory(directory);
  return written.map(({ file }) => file);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function writeParts(file: string, parts: Iterable<string | Uint8Array>): void {
  const handle = openSync(file, 'w');
  try {
    for (const part of parts) writeFileSync(handle, part);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Brings new and renamed files of a directory to the disk, on systems where a directory can be opened. */
function syncDirectory(directory: string): void {
  try {
    const handle = openSync(directory, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows opens no directories; it writes their entries on its own.
  }
}
