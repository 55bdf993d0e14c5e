import type { NirNode } from './graph.ts';

/** The format of the metadata from which rxflo reads the circuit back exactly. */
export const FORMAT = 'rxflo-nir/1';

/** A number that rxflo recorded with a node; Infinity if it did not. */
export function indexOf({ metadata }: Pick<NirNode, 'metadata'>, name: string): number {
  const index = metadata.get(name);
  return index && 'values' in index && index.values.length === 1 ? index.values[0] : Infinity;
}

/** A text that rxflo recorded with a node; undefined if it did not. */
export function textOf({ metadata }: Pick<NirNode, 'metadata'>, name: string): string | undefined {
  const text = metadata.get(name);
  return text && 'texts' in text && text.texts.length === 1 ? text.texts[0] : undefined;
}

/** Compares two numbers. Infinity equals itself, though Infinity - Infinity is NaN. */
export function order(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** Makes unique names that a circuit may have: other characters become _. */
export function naming(): (wanted: string) => string {
  const taken = new Set<string>();
  /** The number to try next, by name: many nodes may have the same name. */
  const next = new Map<string, number>();
  return (wanted) => {
    const safe = wanted.replaceAll(/[^A-Za-z0-9_-]/g, '_').replace(/^(?=[^A-Za-z])/, 'n');
    let free = safe;
    let number = next.get(safe) ?? 2;
    for (; taken.has(free); number++) free = `${safe}_${number}`;
    next.set(safe, number);
    taken.add(free);
    return free;
  };
}
