/** What is reached from some things by `next`, themselves included. */
export function closure<T>(first: Iterable<T>, next: (one: T) => Iterable<T>): ReadonlySet<T> {
  const found = new Set(first);
  for (const one of found) for (const other of next(one)) found.add(other);
  return found;
}
