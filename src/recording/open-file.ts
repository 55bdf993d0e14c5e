import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { InputError } from '../errors/index.ts';
import { onFile } from './file-errors.ts';

/** Opening a pipe that nobody writes to would wait for ever. */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Opens a file for reading.
 *
 * @throws InputError if there is no file, or it is not an ordinary one.
 */
export function openToRead(file: string): number {
  const handle = onFile(file, () => openSync(file, WITHOUT_WAITING));
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  throw new InputError(file, 'is a directory or a device; give a file');
}
