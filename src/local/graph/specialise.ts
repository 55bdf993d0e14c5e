import { evaluate, holds } from './evaluate.ts';
import { operands, type Condition, type Graph, type Node, type Read, type Value } from './graph.ts';

/**
 * A copy of a number's graph in `graph`, with each read replaced, and everything that is then constant computed. Constants have the same bits
 * as if they were computed later.
 */
export function specialise(graph: Graph, value: Value, replace: (read: Read) => Value): Value {
  const known = new Map<Value, Value>();

  const of = (node: Value): Value => {
    const found = known.get(node) ?? folded(made(node));
    known.set(node, found);
    return found;
  };

  const made = (node: Value): Value => {
    switch (node.kind) {
      case 'constant':
        return graph.constant(node.value);
      case 'read':
        return replace(node);
      case 'negate':
        return graph.negate(of(node.of));
      case 'spike':
        return graph.spike(of(node.of), of(node.psi));
      case 'detach':
        return graph.detach(of(node.of));
      case 'call':
        return graph.call(node.name, node.args.map(of));
      case 'choose': {
        const test = condition(node.test);
        if (typeof test === 'boolean') return of(test ? node.yes : node.no);
        return graph.choose(test, of(node.yes), of(node.no));
      }
      default:
        return graph.arithmetic(node.operator, of(node.left), of(node.right));
    }
  };

  const condition = (node: Condition): Condition | boolean => {
    switch (node.kind) {
      case 'not': {
        const inner = condition(node.of);
        return typeof inner === 'boolean' ? !inner : graph.not(inner);
      }
      case 'and':
      case 'or': {
        const [left, right] = [condition(node.left), condition(node.right)];
        if (typeof left === 'boolean') return left === (node.kind === 'or') ? left : right;
        if (typeof right === 'boolean') return right === (node.kind === 'or') ? right : left;
        return graph.logic(node.kind, left, right);
      }
      default: {
        const compared = graph.compare(node.operator, of(node.left), of(node.right));
        return isConstant(compared.left) && isConstant(compared.right) ? holds(compared, {}) : compared;
      }
    }
  };

  const folded = (node: Value): Value => {
    const computedFrom = operands(node);
    return computedFrom.length > 0 && computedFrom.every(isConstant) ? graph.constant(evaluate(node, {})) : node;
  };

  return of(value);
}

function isConstant({ kind }: Node): boolean {
  return kind === 'constant';
}
