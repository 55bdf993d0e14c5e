import { RunError } from '../errors/index.ts';

/** What a trial failed with, and in which trial. */
export function inTrial(error: unknown, trial: number): Error {
  if (error instanceof RunError) return error.at({ trial });
  return error instanceof Error ? error : new Error(String(error));
}
