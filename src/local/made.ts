/** Remembers what one maker has made. A copy, changed or not, is not remembered. */
export interface Register<T extends object> {
  /** A frozen copy of what was made, with all that it holds; it is remembered. */
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
    // What was entered is frozen: most that was not is known by that alone.
    has: (value): value is T =>
      typeof value === 'object' && value !== null && !Object.isExtensible(value) && has(value),
  };
}

/** What `make` makes of a thing that never changes, such as a definition: made once for each. */
export function once<K extends object, T extends object>(make: (thing: K) => T): (thing: K) => T {
  const made = new WeakMap<K, T>();
  return (thing) => kept(made, thing, () => make(thing));
}

/** What is known by a key; made when it is first asked for. */
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
 * A frozen copy of records and lists with all that they hold; what is frozen already stays itself, and so do functions, typed arrays, which
 * cannot be frozen, and whatever has a class, which is frozen as it is. Records then inherit nothing, so what someone adds to Object.prototype
 * does not take the place of a field that was left out.
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

/** Whether this is an object that has no class. */
export function isRecord(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * A copy that inherits nothing. It has no prototype from the start: V8 gives each record that loses its prototype later, and is then frozen, a hidden
 * class of its own, so that all code which meets several of them is slow.
 */
function recordOf(record: object, copy: (field: unknown) => unknown): Record<string, unknown> {
  const made = Object.setPrototypeOf({}, null) as Record<string, unknown>;
  for (const [name, field] of Object.entries(record)) made[name] = copy(field);
  return made;
}

/** No definition is nested deeper than this. */
const DEEPEST = 6;

/**
 * A frozen copy of data that nobody else holds, each value read once: what is then checked is what is used. `kept` says what is taken as it is.
 * Records are copied by their own fields and inherit nothing, typed arrays and other array-likes as lists, and functions not at all.
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

/** A list of `count` things, each made for its place. In V8 it is several times as fast as Array.from, which matters where there are thousands. */
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
