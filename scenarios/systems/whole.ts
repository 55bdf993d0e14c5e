import { InputError } from 'rxflo';

/** An option of a scenario that counts something. @throws InputError if it is not a whole number in its range, ends included. */
export function whole(option: string, count: number, least = 1, most = Infinity): number {
  if (Number.isInteger(count) && count >= least && count <= most) return count;
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new InputError(`option ${option}`, `expected a whole number ${range}, got ${count}`);
}
