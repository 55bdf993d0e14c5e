import type { Graph, Value } from '../graph/graph.ts';

/** Makes nodes of one graph. */
interface Arithmetic {
  readonly add: (a: Value, b: Value) => Value;
  readonly subtract: (a: Value, b: Value) => Value;
  readonly times: (a: Value, b: Value) => Value;
  readonly over: (a: Value, b: Value) => Value;
  readonly negative: (a: Value) => Value;
}

/** Arithmetic that leaves out additions of 0 and multiplications by 1, and folds constants. */
export function simplified(graph: Graph): Arithmetic {
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
