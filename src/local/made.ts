/** Remembers what one maker has made. A copy, changed or not, is not remembered. */
export interface Register<T extends object> {
  /** Returns a frozen copy of what was made, with all that it holds, and remembers it. */
  enter<M extends T>(made: M): M;
  has(value: unknown): value is T;
}

export function register<T extends object>(): Register<T> {
  const made = new WeakSet<object>();
  // Bound here, so that a later change of WeakSet.prototype has no effect.
  const [add, has] = [made.add.bind(made), made.has.bind(made)];
  return {
    enter: (one) => {
      const entered = frozen(one);
      add(entered);
      return entered;
    },
    // What was entered is frozen, so most other values are recognised by that alone.
    has: (value): value is T =>
      typeof value === 'object' && value !== null && !Object.isExtensible(value) && has(value),
  };
}

/** Calls `make` only once for each thing. For things that never change, such as definitions. */
export function once<K extends object, T extends object>(make: (thing: K) => T): (thing: K) => T {
  const made = new WeakMap<K, T>();
  return (thing) => kept(made, thing, () => make(thing));
}

/** The value of a key; made when it is first requested. */
export function kept<K, T extends object>(
  known: { get(key: K): T | undefined; set(key: K, made: T): unknown },
  key: K,
  make: () => T,
): T {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  return made;
}

/**
 * A frozen copy of records and lists with all that they hold. It shares functions, what is already frozen, typed arrays, which cannot be
 * frozen, and objects of a class, which are frozen in place. Records then inherit nothing, so what someone adds to Object.prototype does not
 * replace a field that was left out.
 */
export function frozen<T>(value: T): T {
  const copies = new Map<object, object>();
  const copy = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null || Object.isFrozen(one) || ArrayBuffer.isView(one)) return one;
    const known = copies.get(one);
    if (known) return known;
    const made = Object.freeze(Array.isArray(one) ? one.map(copy) : isRecord(one) ? recordOf(one, copy) : one);
    copies.set(one, made);
    return made;
  };
  // A copy has the type of its original.
  return copy(value) as T;
}

/** Whether this is an object without a class. */
export function isRecord(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * A copy that inherits nothing. It has no prototype from the start: V8 gives each record that loses its prototype later, and is then frozen, its
 * own hidden class, which slows down all code that handles several of them.
 */
function recordOf(record: object, copy: (field: unknown) => unknown): Record<string, unknown> {
  const made = Object.setPrototypeOf({}, null) as Record<string, unknown>;
  for (const [name, field] of Object.entries(record)) made[name] = copy(field);
  return made;
}

/** No definition is nested deeper than this. */
const DEEPEST = 6;

/**
 * A frozen copy of data that nobody else holds, each value read once, so that what is checked is what is used. `kept` says what is not copied.
 * Records are copied by their own fields and inherit nothing, typed arrays and other array-likes become lists, and functions are not copied.
 */
export function copied<T>(value: T, kept: (value: object) => boolean): T {
  const copy = (one: unknown, depth: number): unknown => {
    if (typeof one !== 'object' || one === null || depth > DEEPEST || kept(one)) return one;
    const deeper = (part: unknown) => copy(part, depth + 1);
    return Object.freeze(isArrayLike(one) ? Array.from(one, deeper) : recordOf(one, deeper));
  };
  // A copy has the type of its original.
  return copy(value, 0) as T;
}

/** A list of `count` things, each made for its place. In V8 it is several times as fast as Array.from, which matters for thousands of things. */
export function listOf<T>(count: number, make: (place: number) => T): T[] {
  const all: T[] = [];
  for (let place = 0; place < count; place++) all.push(make(place));
  return all;
}

/** Whether this is a list, a typed array or anything else that has entries 0 to length - 1. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  if (typeof value !== 'object' || value === null || !('length' in value)) return false;
  const { length } = value;
  return typeof length === 'number' && Number.isSafeInteger(length) && length >= 0;
}
