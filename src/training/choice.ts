import { InputError, oneOf, show } from '../errors/index.ts';

/** An option of which there are few. @throws InputError naming them if it is none of them. */
export function choice<T extends string>(place: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(value)) throw new InputError(place, `${show(value)} is unknown; give ${oneOf(choices)}`);
  return value;
}
