import type { NirGraph, NirNode, NirValue } from '../../src/exchange/index.ts';

type Rows = number | readonly number[] | readonly (readonly number[])[];

function numbers(given: Rows): NirValue {
  if (typeof given === 'number') return { shape: [], values: Float64Array.of(given) };
  const rows = given.map((row) => (typeof row === 'number' ? [row] : row));
  const shape = typeof given[0] === 'number' ? [rows.length] : [rows.length, rows[0].length];
  return { shape, values: Float64Array.from(rows.flat()) };
}

/** A node as another tool would write it: without metadata of rxflo's. */
export function node(type: string, fields: Readonly<Record<string, Rows>> = {}): NirNode {
  const values = Object.entries(fields).map(([name, given]): [string, NirValue] => [name, numbers(given)]);
  return { type, fields: new Map(values), metadata: new Map() };
}

/** A graph of nodes, with edges as `a > b > c`. */
export function graphOf(nodes: Readonly<Record<string, NirNode | NirGraph>>, ...paths: readonly string[]): NirGraph {
  const edges = paths.flatMap((path) => {
    const names = path.split(' > ');
    return names.slice(1).map((to, k) => [names[k], to] as const);
  });
  const rest = { version: '1.0.7', fields: new Map<string, NirValue>(), metadata: new Map<string, NirValue>() };
  return { type: 'NIRGraph', ...rest, nodes: new Map(Object.entries(nodes)), edges };
}

export const inputOf = (size: number): NirNode => node('Input', { shape: [size] });
export const outputOf = (size: number): NirNode => node('Output', { shape: [size] });
