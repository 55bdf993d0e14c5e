import { nodesOf, type Node, type Value } from './graph.ts';

/** How often each operation is done: `+`, `negate`, `compare`, `choose`, `and`, `or`, `not`, or a function's name. */
export type Operations = Readonly<Record<string, number>>;

/**
 * The cost of computing some numbers once: each different operation counts once, and a choice computes both its sides. A spike compares and
 * chooses; its psi costs nothing here, and neither does detaching a value.
 */
export function operationsOf(values: readonly Value[]): Operations {
  return sumOf(nodesOf(values).flatMap((node) => operationsAt(node).map((operation) => ({ [operation]: 1 }))));
}

/** All counts added up. */
export function sumOf(counts: readonly Operations[]): Operations {
  const sum = new Map<string, number>();
  for (const [operation, count] of counts.flatMap((operations) => Object.entries(operations))) {
    sum.set(operation, (sum.get(operation) ?? 0) + count);
  }
  return Object.fromEntries(sum);
}

function operationsAt(node: Node): readonly string[] {
  switch (node.kind) {
    case 'constant':
    case 'read':
    case 'detach':
      return [];
    case 'arithmetic':
      return [node.operator];
    case 'call':
      return [node.name];
    case 'spike':
      return ['compare', 'choose'];
    default:
      return [node.kind];
  }
}
