import { isRecord } from './made.ts';

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
 * What the parts that have a pair are replaced by it in. Whatever holds none of them stays itself, for it is the same in both; so do what is frozen
 * and the numbers of typed arrays.
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

/** A copy with these parts; or the same, if they all are. */
function copyOf(value: object, copy: (part: unknown) => unknown): object {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const made = list.map(copy);
    return made.every((part, k) => part === list[k]) ? list : made;
  }
  if (value instanceof Map) {
    const entries: readonly (readonly [unknown, unknown])[] = [...value];
    const made = entries.map(([key, part]) => [copy(key), copy(part)] as const);
    return made.every(([key, part], k) => key === entries[k][0] && part === entries[k][1]) ? value : new Map(made);
  }
  // Spread, not put together from entries: V8 then copies a record as a whole.
  const made: Record<string, unknown> = { ...value };
  let differs = false;
  for (const key of Object.keys(made)) {
    const part = made[key];
    made[key] = copy(part);
    differs ||= made[key] !== part;
  }
  return differs ? made : value;
}

/** What was last made of definitions, which are copies that never change. Whoever has one of the things made keeps its definition, too. */
export class Recent<T extends object> {
  private readonly made: WeakRef<T>[] = [];
  private readonly definitions = new WeakMap<T, object>();

  constructor(private readonly most: number) {}

  /** What was made of the same definition: the same numbers, texts and functions. */
  madeOf(definition: object): T | undefined {
    for (const one of this.made) {
      const made = one.deref();
      const known = made && this.definitions.get(made);
      if (known && pairsOf(known, definition, NOTHING)) return made;
    }
    return undefined;
  }

  add(definition: object, made: T): void {
    this.definitions.set(made, definition);
    this.made.push(new WeakRef(made));
    if (this.made.length > this.most) this.made.shift();
  }
}

const NOTHING: ReadonlySet<object> = new Set();

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
