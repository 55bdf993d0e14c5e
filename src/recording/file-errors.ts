import { InputError, RunError } from '../errors/index.ts';

/** What the system's error codes say of a file that someone named. The others mean that the machine failed, not the person. */
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

/** The error to throw when the system refused `file`: InputError where another name would mend it, RunError for a full disk and the like. */
export function fileError(file: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return error;
  const problem = PROBLEMS[error.code];
  if (problem !== undefined) return new InputError(file, problem);
  return new RunError(file, `the system refused it: ${error.message}`, { cause: error });
}

/** Runs `action` on `file` with the system's errors put in our words. */
export function onFile<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileError(file, error);
  }
}

/** Runs `action` on files of a run or sweep that is at work: what is wrong with them is a failure of the run, for the command was right. */
export function whileRunning<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof InputError ? new RunError(error.place, error.problem, { cause: error }) : error;
  }
}
