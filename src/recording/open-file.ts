import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { InputError } from '../errors/index.ts';
import { onFile } from './file-errors.ts';

/** Without this, opening a pipe that no process writes to would wait forever. */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Opens a file for reading.
 *
 * @throws InputError if the file does not exist, or is not an ordinary one.
 */
export function openToRead(file: string): number {
  const handle = onFile(file, () => openSync(file, WITHOUT_WAITING));
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  throw new InputError(file, 'is a directory or a device; give a file');
}
