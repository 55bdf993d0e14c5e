import type { Call, Graph, Value } from './graph.ts';

/**
 * The derivative of a number by one that is read, as a graph. Where a choice, abs, min or max has a kink, it is the derivative on
 * the side that is chosen there; a condition itself counts as constant.
 *
 * Only sums with 0 and products with 0 and 1 are simplified, so a derivative reads, and rounds, as one written by hand.
 */
export function derivative(graph: Graph, value: Value, by: string): Value {
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
        return times(dx, graph.call('sign', [x]));
      case 'sign':
      case 'floor':
        return zero;
      case 'min':
      case 'max': {
        const dy = of(y);
        return dx === dy ? dx : graph.choose(graph.compare(name === 'min' ? '<' : '>', x, y), dx, dy);
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

/** Arithmetic that leaves out what adds 0 or multiplies by 1, and computes with constants at once. */
function simplified(graph: Graph) {
  const [zero, one] = [graph.constant(0), graph.constant(1)];
  const constant = graph.constant.bind(graph);
  const both = (a: Value, b: Value, compute: (a: number, b: number) => number): Value | undefined =>
    a.kind === 'constant' && b.kind === 'constant' ? constant(compute(a.value, b.value)) : undefined;

  const negative = (a: Value): Value => {
    if (a.kind === 'constant') return a.value === 0 ? zero : constant(-a.value);
    return a.kind === 'negate' ? a.of : graph.negate(a);
  };
  const subtract = (a: Value, b: Value): Value => {
    if (b === zero) return a;
    if (a === zero) return negative(b);
    if (b.kind === 'negate') return add(a, b.of);
    return both(a, b, (x, y) => x - y) ?? graph.arithmetic('-', a, b);
  };
  const add = (a: Value, b: Value): Value => {
    if (a === zero) return b;
    if (b === zero) return a;
    if (b.kind === 'negate') return subtract(a, b.of);
    return both(a, b, (x, y) => x + y) ?? graph.arithmetic('+', a, b);
  };
  const times = (a: Value, b: Value): Value => {
    if (a === zero || b === zero) return zero;
    if (a === one) return b;
    if (b === one) return a;
    if (a.kind === 'constant' && a.value === -1) return negative(b);
    if (b.kind === 'constant' && b.value === -1) return negative(a);
    if (a.kind === 'negate') return negative(times(a.of, b));
    if (b.kind === 'negate') return negative(times(a, b.of));
    return both(a, b, (x, y) => x * y) ?? graph.arithmetic('*', a, b);
  };
  const over = (a: Value, b: Value): Value => {
    if (a === zero) return zero;
    if (b === one) return a;
    if (a.kind === 'negate') return negative(over(a.of, b));
    if (a.kind === 'constant' && a.value < 0) return negative(over(constant(-a.value), b));
    return both(a, b, (x, y) => x / y) ?? graph.arithmetic('/', a, b);
  };
  return { add, subtract, times, over, negative };
}
