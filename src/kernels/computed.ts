import type { ComputeStep, Row, Source, Timestep } from '../circuit/index.ts';
import { isValue, literal, nodesOf, operands, type Node, type Value } from '../local/index.ts';
import { memo } from './writer.ts';

/** The kinds of sources that have the same value in two steps. */
const SAME: readonly Source['kind'][] = ['row', 'element', 'number', 'numbers', 'tuned'];

/**
 * What a step would compute again, and the rows in which earlier steps of the timestep have stored it. For example, a neuron's error may need its
 * slope, which can be computed from its rate instead of again from its summed input.
 */
export function computedBefore({ steps }: Timestep, step: ComputeStep): ReadonlyMap<Value, Row> {
  const things = new Map<unknown, number>();
  const numbered = (thing: unknown): number => {
    const number = things.get(thing) ?? things.size;
    things.set(thing, number);
    return number;
  };
  const partsOf = (source: Source | undefined): readonly (string | number)[] =>
    source && SAME.includes(source.kind)
      ? Object.entries(source).map(([name, of]) => [name, typeof of === 'number' ? literal(of) : numbered(of)].join())
      : [NaN];
  /** Numbers nodes: two nodes have the same number if they compute the same thing from the same operands; NaN if that is unknown. */
  const numbering = (reads: ComputeStep['reads']) => {
    const of: (node: Node) => number = memo((node) => {
      const parts = node.kind === 'read' ? partsOf(reads.get(node.path)) : operands(node).map(of);
      const own = 'operator' in node ? node.operator : 'name' in node ? node.name : '';
      const value = node.kind === 'constant' ? literal(node.value) : own;
      return parts.includes(NaN) ? NaN : numbered([node.kind, value, ...parts].join());
    });
    return of;
  };
  const left = new Map<number, Row>();
  for (const one of steps.slice(0, steps.indexOf(step))) {
    if (one.do !== 'compute' || one.population !== step.population) continue;
    const of = numbering(one.reads);
    for (const { row, value } of one.results) if (value) left.set(of(value), row);
  }
  left.delete(NaN);
  const of = numbering(step.reads);
  const made = nodesOf(step.results.flatMap(({ value }) => value ?? [])).filter((node) => operands(node).length > 0);
  const found = new Map<Value, Row>();
  for (const node of made) {
    const row = left.get(of(node));
    if (row && isValue(node)) found.set(node, row);
  }
  return found;
}
