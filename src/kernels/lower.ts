import { nodesOf, type Condition, type Node, type Read, type Value } from '../local/index.ts';
import type { Lanes, Operand } from './lanes.ts';
import { call } from './library.ts';
import type { Expression } from './wat.ts';
import { memo } from './writer.ts';

/**
 * Writes the code of some numbers, each operation of their graph once; `known` holds what has already been written or is available.
 * A graph is computed as its text says, operation by operation, and hence with the same bits as the actors.
 */
export function lower(
  lanes: Lanes,
  values: readonly Value[],
  read: (read: Read) => Operand,
  known = new Map<Value, Operand>(),
): readonly Operand[] {
  const of = (node: Value): Operand => {
    const found = known.get(node) ?? write(node);
    known.set(node, found);
    return found;
  };

  const write = (node: Value): Operand => {
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'read':
        return read(node);
      case 'negate':
        return lanes.negate(of(node.of));
      case 'spike':
        // The mask keeps all bits of the number 1, or none.
        return lanes.and(lanes.compare('>=', of(node.of), 0), lanes.constant(1));
      case 'detach':
        return of(node.of);
      case 'call':
        return call(lanes, node.name, node.args.map(of));
      case 'choose': {
        const { test, yes, no } = node;
        if (yes.kind === 'negate' && yes.of === no) return lanes.negateWhere(mask(test), of(no));
        return lanes.choose(mask(test), of(yes), of(no));
      }
      default:
        return lanes[OPERATIONS[node.operator]](of(node.left), of(node.right));
    }
  };

  const mask: (node: Condition) => Expression = memo((node) => {
    switch (node.kind) {
      case 'not':
        return lanes.not(mask(node.of));
      case 'and':
      case 'or':
        return lanes[node.kind](mask(node.left), mask(node.right));
      default:
        return lanes.compare(node.operator, of(node.left), of(node.right));
    }
  });

  return values.map(of);
}

const OPERATIONS = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide' } as const;

/** The numbers that `values` read. */
export function readsOf(values: readonly Value[]): readonly Read[] {
  return nodesOf(values).filter((node: Node) => node.kind === 'read');
}
