import { isRecord } from './made.ts';

/**
 * Whether two things that are built of records, lists and typed arrays are the same except for the numbers that are free. All else, such as
 * functions and the models and rules that hold them, must be the identical object in both.
 *
 * @param free Typed arrays and records of numbers of the first thing that may have any numbers in the other.
 * @param isMade Two objects are not the same if this is true of only one of them.
 */
export function areAlike(
  one: object,
  other: object,
  free: ReadonlySet<object> = new Set(),
  isMade: (part: object) => boolean = () => false,
): boolean {
  const pairs = new Map<object, object>();
  const taken = new Set<object>();
  const alike = (left: unknown, right: unknown): boolean => {
    if (Object.is(left, right)) return true;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
    // One object here must not correspond to two there.
    const known = pairs.get(left);
    if (known) return known === right;
    if (taken.has(right) || isMade(left) !== isMade(right)) return false;
    pairs.set(left, right);
    taken.add(right);
    if (free.has(left)) return haveSameKeys(left, right);
    if (Array.isArray(left)) {
      return Array.isArray(right) && left.length === right.length && left.every((entry, k) => alike(entry, right[k]));
    }
    if (isNumbers(left)) return isNumbers(right) && haveSame(left, right);
    if (!isRecord(left) || !isRecord(right)) return false;
    const keys = Object.keys(right);
    let count = 0;
    for (const key in left) {
      if (keys[count] !== key || !alike(left[key], right[key])) return false;
      count++;
    }
    return count === keys.length;
  };
  return alike(one, other);
}

/** Remembers what was recently made of definitions, or requested again. A definition never changes, and stays in memory as long as what was made of it. */
export class Recent<T extends object> {
  private readonly made: WeakRef<T>[] = [];
  private readonly definitions = new WeakMap<T, object>();

  /**
   * @param most How many are remembered.
   * @param isMade Whether a part of a definition comes from its maker: a copy of it is not the same, however alike.
   */
  constructor(
    private readonly most: number,
    private readonly isMade?: (part: object) => boolean,
  ) {}

  /** What was made of the same definition: the same numbers, texts and functions. */
  madeOf(definition: object): T | undefined {
    const place = this.made.findLastIndex((one) => {
      const made = one.deref();
      const known = made && this.definitions.get(made);
      return known !== undefined && areAlike(known, definition, undefined, this.isMade);
    });
    if (place < 0) return undefined;
    // The one that was not requested for the longest time is forgotten first.
    const [known] = this.made.splice(place, 1);
    this.made.push(known);
    return known.deref();
  }

  add(definition: object, made: T): void {
    this.definitions.set(made, definition);
    this.made.push(new WeakRef(made));
    if (this.made.length > this.most) this.made.shift();
  }
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
