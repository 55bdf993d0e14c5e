import type { NirNode } from './graph.ts';

/** A number that rxflo has written with a node; Infinity: it has not. */
export function indexOf({ metadata }: NirNode, name: string): number {
  const index = metadata.get(name);
  return index && 'values' in index && index.values.length === 1 ? index.values[0] : Infinity;
}

/** Infinity is not less than itself, but Infinity - Infinity is no number. */
export function order(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** Names that a circuit may have: other signs become _, and no two are the same. */
export function namesFor(wanted: readonly string[], taken = new Set<string>()): ReadonlyMap<string, string> {
  return new Map(
    wanted.map((name) => {
      const safe = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').replace(/^(?=[^A-Za-z])/, 'n');
      let free = safe;
      for (let number = 2; taken.has(free); number++) free = `${safe}_${number}`;
      taken.add(free);
      return [name, free];
    }),
  );
}
