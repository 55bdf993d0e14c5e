import { blame, InputError, RunError } from '../errors/index.ts';

/** A failure with the trial in which it happened, unless it names one already; 0: before the first. */
export function inTrial(error: unknown, trial: number): Error {
  if (error instanceof RunError) return error.trial === undefined && trial > 0 ? error.at({ trial }) : error;
  return error instanceof Error ? error : new Error(String(error));
}

/** What `act` gives, or its failure with this trial. */
export function dated<T>(trial: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw inTrial(error, trial);
  }
}

/** What a function of the task gives. @throws RunError if it throws; an InputError, which says what is wrong with what it gives, is thrown as it is. */
export function askedOf<T>(who: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw error instanceof InputError ? error : blame(who, error);
  }
}
