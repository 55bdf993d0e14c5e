import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../errors/index.ts';
import { onFile } from './file-errors.ts';

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
      mkdirSync(path, { recursive: true });
    } catch (error) {
      undo();
      throw error;
    }
  });
  return undo;
}
