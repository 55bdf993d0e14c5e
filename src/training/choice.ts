import { InputError, oneOf, show } from '../errors/index.ts';

/** An option with a few choices. @throws InputError listing them if it is a different value. */
export function choice<T extends string>(place: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(value)) throw new InputError(place, `expected ${oneOf(choices)}, got ${show(value)}`);
  return value;
}
