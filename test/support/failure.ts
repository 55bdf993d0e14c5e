import { RunError } from '../../src/errors/index.ts';

/** The RunError that `action` throws before it returns; anything else that happens fails the test. */
export function failure(action: () => unknown): RunError {
  try {
    action();
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
