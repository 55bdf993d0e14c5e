import { isRecord } from '../../local/index.ts';

/** The parts of one thing, each with that part of another which stands in its place. */
export type Pairs = ReadonlyMap<object, object>;

/**
 * Pairs up two things that are built of records, lists and typed arrays, and are the same in all but the numbers that are free. All else, such
 * as functions and the models and rules that hold them, has to be the very same thing in both. Undefined: they differ.
 *
 * @param free Typed arrays of the first, and records of numbers, that may have any numbers in the other.
 */
export function pairsOf(one: object, other: object, free: ReadonlySet<object>): Pairs | undefined {
  const pairs = new Map<object, object>();
  const taken = new Set<object>();
  const areAlike = (left: unknown, right: unknown): boolean => {
    if (Object.is(left, right)) return true;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
    // What is one thing here must not be two things there.
    const known = pairs.get(left);
    if (known) return known === right;
    if (taken.has(right)) return false;
    pairs.set(left, right);
    taken.add(right);
    if (free.has(left)) return haveSameKeys(left, right);
    if (Array.isArray(left)) {
      return (
        Array.isArray(right) && left.length === right.length && left.every((entry, k) => areAlike(entry, right[k]))
      );
    }
    if (isNumbers(left)) return isNumbers(right) && haveSame(left, right);
    if (!isRecord(left) || !isRecord(right)) return false;
    const keys = Object.keys(right);
    let count = 0;
    for (const key in left) {
      if (keys[count] !== key || !areAlike(left[key], right[key])) return false;
      count++;
    }
    return count === keys.length;
  };
  return areAlike(one, other) ? pairs : undefined;
}

/**
 * A copy in which the parts that have a pair are replaced by it. What is frozen and has none is the same in both, and stays; so do the numbers of
 * typed arrays, which the two share.
 */
export function replaced<T>(original: T, pairs: Pairs): T {
  const copies = new Map(pairs);
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known) return known;
    if (isNumbers(value) || Object.isFrozen(value)) return value;
    const made = copyOf(value, copy);
    copies.set(value, made);
    return made;
  };
  // A copy has the type of its original.
  return copy(original) as T;
}

function copyOf(value: object, copy: (part: unknown) => unknown): object {
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    value.forEach((entry, key) => map.set(copy(key), copy(entry)));
    return map;
  }
  // Spread, not put together from entries: V8 then copies a record as a whole.
  const made: Record<string, unknown> = { ...value };
  for (const key of Object.keys(made)) made[key] = copy(made[key]);
  return made;
}

/** Whether both are typed arrays, or records of the same names. */
function haveSameKeys(one: object, other: object): boolean {
  if (isNumbers(one)) return one.constructor === other.constructor;
  return isRecord(other) && Object.keys(one).join() === Object.keys(other).join();
}

type NumbersOfOne = Float64Array | Int32Array;

function isNumbers(value: object): value is NumbersOfOne {
  return value instanceof Float64Array || value instanceof Int32Array;
}

function haveSame(some: NumbersOfOne, others: NumbersOfOne): boolean {
  return (
    some.constructor === others.constructor &&
    some.length === others.length &&
    some.every((number, k) => Object.is(number, others[k]))
  );
}
