import type { Call, Graph, Value } from '../graph/graph.ts';
import { simplified } from './simplified.ts';

/**
 * The derivative of a number with respect to one that it reads, as a graph, by the rules of the textbook. At a kink it is the derivative of one side:
 * in a choice the side that is chosen; abs(x) is -x at 0; of two equal numbers min and max take the one that does not change, else the second.
 * A condition itself counts as constant, and so do a detached value and the psi of a spike, which stands in for the derivative of its step.
 *
 * Only sums with 0 and products with 0 and 1 are simplified, so a derivative reads, and rounds, like one written by hand.
 */
export function textbookDerivative(graph: Graph, value: Value, by: string): Value {
  const known = new Map<Value, Value>();
  const { add, subtract, times, over, negative } = simplified(graph);
  const [zero, one] = [graph.constant(0), graph.constant(1)];

  const of = (node: Value): Value => {
    const found = known.get(node) ?? derive(node);
    known.set(node, found);
    return found;
  };

  const derive = (node: Value): Value => {
    switch (node.kind) {
      case 'constant':
        return zero;
      case 'read':
        return node.path === by ? one : zero;
      case 'negate':
        return negative(of(node.of));
      case 'choose': {
        const [yes, no] = [of(node.yes), of(node.no)];
        return yes === no ? yes : graph.choose(node.test, yes, no);
      }
      case 'spike':
        return times(of(node.of), node.psi);
      case 'detach':
        return zero;
      case 'call':
        return ofCall(node);
      default: {
        const { operator, left, right } = node;
        const [dl, dr] = [of(left), of(right)];
        switch (operator) {
          case '+':
            return add(dl, dr);
          case '-':
            return subtract(dl, dr);
          case '*':
            return add(times(dl, right), times(left, dr));
          case '/':
            return dr === zero ? over(dl, right) : over(subtract(dl, times(node, dr)), right);
        }
      }
    }
  };

  const ofCall = (node: Call): Value => {
    const { name } = node;
    const [x, y] = node.args;
    const dx = of(x);
    switch (name) {
      case 'tanh':
        return times(dx, subtract(one, times(node, node)));
      case 'exp':
        return times(dx, node);
      case 'log':
        return over(dx, x);
      case 'sqrt':
        return over(dx, times(graph.constant(2), node));
      case 'abs':
        return times(dx, graph.choose(graph.compare('>', x, zero), one, graph.constant(-1)));
      case 'sign':
      case 'floor':
        return zero;
      case 'min':
      case 'max': {
        const dy = of(y);
        if (dx === dy) return dx;
        const taken = name === 'min' ? '<' : '>';
        return dx === zero
          ? graph.choose(graph.compare(taken, y, x), dy, dx)
          : graph.choose(graph.compare(taken, x, y), dx, dy);
      }
      case 'pow': {
        const dy = of(y);
        const byBase = dx === zero ? zero : times(dx, times(y, powOf(x, subtract(y, one))));
        return add(byBase, dy === zero ? zero : times(dy, times(node, graph.call('log', [x]))));
      }
    }
  };

  const powOf = (x: Value, y: Value): Value => (y === one ? x : graph.call('pow', [x, y]));

  return of(value);
}
