import { InputError } from 'rxflo';

/** Checks an option of a scenario that is a count. @throws InputError if it is not a whole number in its range, ends included. */
export function whole(option: string, count: number, least = 1, most = Infinity): number {
  if (Number.isInteger(count) && count >= least && count <= most) return count;
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new InputError(`option ${option}`, `expected a whole number ${range}, got ${count}`);
}
