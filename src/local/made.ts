/** Remembers what one maker has made. A copy, changed or not, is not remembered. */
export interface Register<T extends object> {
  /** Freezes what was made, with all that it holds, and remembers it. */
  enter<M extends T>(made: M): M;
  has(value: unknown): value is T;
}

export function register<T extends object>(): Register<T> {
  const made = new WeakSet<object>();
  // Bound here, so that a later change of WeakSet.prototype has no effect.
  const [add, has] = [made.add.bind(made), made.has.bind(made)];
  return {
    enter: (one) => {
      add(frozen(one));
      return one;
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
 * Freezes records and lists with all that they hold; typed arrays cannot be frozen and stay as they are. Records then inherit nothing, so
 * what someone adds to Object.prototype does not take the place of a field that was left out.
 */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  if (Object.getPrototypeOf(value) === Object.prototype) Object.setPrototypeOf(value, null);
  for (const held of Array.isArray(value) ? value : Object.values(value)) if (typeof held === 'object') frozen(held);
  return Object.freeze(value);
}

/** No definition is nested deeper than this. */
const DEEPEST = 6;

/**
 * A copy of data that nobody else holds, each value read once: what is then checked is what is used. `kept` says what is taken as it is.
 * Records are copied by their own fields and inherit nothing, typed arrays and other array-likes as lists, and functions not at all.
 */
export function copied<T>(value: T, kept: (value: object) => boolean): T {
  const copy = (one: unknown, depth: number): unknown => {
    if (typeof one !== 'object' || one === null || depth > DEEPEST || kept(one)) return one;
    if (isArrayLike(one)) return Array.from(one, (entry) => copy(entry, depth + 1));
    const made: Record<string, unknown> = { ...one };
    for (const name of Object.keys(made)) made[name] = copy(made[name], depth + 1);
    return Object.setPrototypeOf(made, null) as unknown;
  };
  // A copy has the type of its original.
  return copy(value, 0) as T;
}

/** Whether this is a list, a typed array or anything else that has entries 0 to length - 1. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  if (typeof value !== 'object' || value === null || !('length' in value)) return false;
  const { length } = value;
  return typeof length === 'number' && Number.isSafeInteger(length) && length >= 0;
}
