import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError, RunError } from '../errors/index.ts';

/** Messages for the system's error codes that mean a wrong file was named. All other codes mean that the machine failed. */
const PROBLEMS: Readonly<Record<string, string | undefined>> = {
  ENOENT: 'does not exist; check the name',
  EEXIST: 'exists already; give another name',
  EISDIR: 'is a directory; give a file',
  ENOTDIR: 'is inside a file, not a directory; give another name',
  EACCES: 'cannot be opened (permission denied); change its permissions, or give another',
  EPERM: 'cannot be opened (operation not permitted); change its permissions, or give another',
  EROFS: 'is on a read-only file system; give another place',
  ENAMETOOLONG: 'has too long a name; give a shorter one',
  ELOOP: 'is a link that leads back to itself; give a file',
};

const CLOSED =
  'files in it cannot be made or opened (permission denied); change its permissions, or give another directory';

/** The error to throw when the system refused `file`: InputError if another name would help, RunError for a full disk and the like. */
export function fileError(file: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return error;
  if (error.code === 'EACCES' && closedDirectory(file)) return new InputError(dirname(file), CLOSED);
  const problem = PROBLEMS[error.code];
  if (problem !== undefined) return new InputError(file, problem);
  return new RunError(file, `the system refused it: ${error.message}`, { cause: error });
}

/** @throws InputError if files cannot be made in an existing directory. */
export function checkWritable(directory: string): void {
  if (!allows(directory, constants.W_OK)) throw new InputError(directory, CLOSED);
}

/** Whether permission for `file` is denied by its directory: the file is not there yet, or could be read. */
function closedDirectory(file: string): boolean {
  const folder = dirname(file);
  if (!existsSync(folder)) return false;
  return !existsSync(file) || (allows(file, constants.R_OK) && !allows(folder, constants.W_OK));
}

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Runs `action` on `file`, and turns the system's errors into ours. */
export function onFile<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileError(file, error);
  }
}

/** Runs `action` on files of a running run or sweep: an InputError becomes a RunError, since the command was right. */
export function whileRunning<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof InputError ? new RunError(error.place, error.problem, { cause: error }) : error;
  }
}
