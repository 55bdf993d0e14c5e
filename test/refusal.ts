import { InputError } from '../src/errors/index.ts';

/** The message of the InputError that `action` throws; anything else that happens fails the test. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}
