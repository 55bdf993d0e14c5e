import { blame, InputError, RunError } from '../errors/index.ts';

/** The error of a trial, with the trial's number, unless it has one already; 0: before the first trial. */
export function inTrial(error: unknown, trial: number): Error {
  if (error instanceof RunError) return error.trial === undefined && trial > 0 ? error.at({ trial }) : error;
  return error instanceof Error ? error : new Error(String(error));
}

/** The result of `act`. @throws its error, with the trial's number. */
export function dated<T>(trial: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw inTrial(error, trial);
  }
}

/** The result of a function of the task. @throws RunError if it throws; an InputError about its result is thrown as it is. */
export function askedOf<T>(who: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw error instanceof InputError ? error : blame(who, error);
  }
}
