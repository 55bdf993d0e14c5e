import { InputError, show } from '../errors/index.ts';

/** @throws InputError if a value is not above 0, or not whole where it must be. */
export function positive(place: string, value: number, whole = false): void {
  if (!(value > 0) || (whole && !Number.isInteger(value))) {
    throw new InputError(place, `${show(value)} is not a ${whole ? 'whole ' : ''}number above 0`);
  }
}
