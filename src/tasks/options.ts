import { InputError, onlyFields, show } from '../errors/index.ts';

/** What an option may be, ends included. */
export interface Option {
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/** The most timesteps of anything: a typo in an option must not fill the memory. */
const LONGEST = 10_000_000;

export const timesteps = (by: number, least = 0): Option => ({ default: by, least, most: LONGEST, whole: true });
export const channels = (by: number): Option => ({ default: by, least: 1, most: 1_000_000, whole: true });
export const probability = (by: number): Option => ({ default: by, least: 0, most: 1 });
export const seed = (by: number): Option => ({ default: by, least: 0, most: Number.MAX_SAFE_INTEGER, whole: true });

/** The options of a task, completed. @throws InputError naming the one that is unknown, or not a number in its range. */
export function completed<const K extends string>(
  task: string,
  given: Readonly<Partial<Record<K, number | undefined>>>,
  known: Readonly<Record<K, Option>>,
): Readonly<Record<K, number>> {
  onlyFields(task, given, Object.keys(known));
  const options = Object.entries<Option>(known).map(([name, { default: by, least, most, whole = false }]) => {
    const value = (given as Readonly<Record<string, number | undefined>>)[name] ?? by;
    if (!(whole ? Number.isInteger(value) : Number.isFinite(value)) || value < least || value > most) {
      throw new InputError(
        `${task}.${name}`,
        `${show(value)} is not a ${whole ? 'whole ' : ''}number from ${least} to ${most}`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(options) as Readonly<Record<K, number>>;
}
