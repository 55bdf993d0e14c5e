import { blame, InputError, RunError } from '../errors/index.ts';

/** What a trial failed with, and in which trial. */
export function inTrial(error: unknown, trial: number): Error {
  if (error instanceof RunError) return error.at({ trial });
  return error instanceof Error ? error : new Error(String(error));
}

/** What a function of the task gives. @throws RunError if it throws; an InputError, which says what is wrong with what it gives, is thrown as it is. */
export function askedOf<T>(who: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw error instanceof InputError ? error : blame(who, error);
  }
}
