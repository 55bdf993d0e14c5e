import { blame, InputError, RunError } from '../errors/index.ts';

/** The error of a trial, with the trial's number. */
export function inTrial(error: unknown, trial: number): Error {
  if (error instanceof RunError) return error.at({ trial });
  return error instanceof Error ? error : new Error(String(error));
}

/** The result of a function of the task. @throws RunError if it throws; an InputError about its result is thrown as it is. */
export function askedOf<T>(who: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw error instanceof InputError ? error : blame(who, error);
  }
}
