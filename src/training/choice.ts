import { InputError, oneOf, show } from '../errors/index.ts';

/** An option with a few choices. @throws InputError listing them if it is a different value. */
export function choice<T extends string>(place: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(value)) throw new InputError(place, `${show(value)} is unknown; give ${oneOf(choices)}`);
  return value;
}
