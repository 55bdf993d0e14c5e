import { isValue, nodesOf, operands, type Call, type Graph, type Node, type Value } from '../graph/graph.ts';
import { simplified } from './simplified.ts';

/**
 * The derivative of a number with respect to one that it reads, by reverse accumulation, from the result inward: each node's weight is how much the
 * result depends on it. A weight of 0 ends a path, however large the numbers further in, and so does a factor of 0, however large the
 * weight. Small numbers meet large ones first, so neither overflows: for 1 / (1 + e^-u) at u = -800 it is 0, where the textbook has
 * Infinity / Infinity. At a kink of abs, min or max nothing is passed on: for sqrt(max(u, 0)) at u = 0 it is 0. Nothing is passed on to
 * detached values either; a spike passes on its psi.
 */
export function inwardDerivative(graph: Graph, value: Value, by: string): Value {
  const { add, times, over, subtract, negative } = simplified(graph);
  const [zero, one, two] = [0, 1, 2].map((number) => graph.constant(number));
  const nodes = nodesOf([value]);
  const dependent = dependentOn(nodes, by);
  const weights = new Map<Value, Value>([[value, one]]);

  const give = (to: Value, weight: () => Value): void => {
    if (dependent.has(to)) weights.set(to, add(weights.get(to) ?? zero, weight()));
  };

  /** a b, and 0 where either is 0. */
  const product = (a: Value, b: Value): Value => {
    if (isPlain(a) || isPlain(b)) return times(a, b);
    const either = graph.logic('or', graph.compare('===', a, zero), graph.compare('===', b, zero));
    return graph.choose(either, zero, graph.arithmetic('*', a, b));
  };

  const pass = (node: Value, weight: Value): void => {
    switch (node.kind) {
      case 'constant':
      case 'read':
      case 'detach':
        return;
      case 'spike':
        give(node.of, () => product(weight, node.psi));
        return;
      case 'negate':
        give(node.of, () => negative(weight));
        return;
      case 'choose':
        give(node.yes, () => graph.choose(node.test, weight, zero));
        give(node.no, () => graph.choose(node.test, zero, weight));
        return;
      case 'call':
        passToArguments(node, weight);
        return;
      default: {
        const { operator, left, right } = node;
        switch (operator) {
          case '+':
          case '-':
            give(left, () => weight);
            give(right, () => (operator === '+' ? weight : negative(weight)));
            return;
          case '*':
            give(left, () => product(weight, right));
            give(right, () => product(weight, left));
            return;
          case '/':
            give(left, () => product(weight, over(one, right)));
            give(right, () => product(weight, negative(over(node, right))));
        }
      }
    }
  };

  const passToArguments = (node: Call, weight: Value): void => {
    const { name } = node;
    const [x, y] = node.args;
    switch (name) {
      case 'tanh':
        give(x, () => product(weight, subtract(one, times(node, node))));
        return;
      case 'exp':
        give(x, () => product(weight, node));
        return;
      case 'log':
        give(x, () => product(weight, over(one, x)));
        return;
      case 'sqrt':
        give(x, () => product(weight, over(one, times(two, node))));
        return;
      case 'abs':
        give(x, () => product(weight, graph.call('sign', [x])));
        return;
      case 'sign':
      case 'floor':
        return;
      case 'min':
      case 'max': {
        const taken = name === 'min' ? '<' : '>';
        give(x, () => graph.choose(graph.compare(taken, x, y), weight, zero));
        give(y, () => graph.choose(graph.compare(taken, y, x), weight, zero));
        return;
      }
      case 'pow':
        give(x, () => product(weight, product(y, graph.call('pow', [x, subtract(y, one)]))));
        give(y, () => product(weight, product(node, graph.call('log', [x]))));
    }
  };

  let derivative: Value = zero;
  for (const node of nodes.reverse()) {
    const weight = isValue(node) && weights.get(node);
    if (!weight) continue;
    pass(node, weight);
    if (node.kind === 'read' && node.path === by) derivative = weight;
  }
  return derivative;
}

/** A finite constant: a product with it needs no check, as 0 has been left out already. */
function isPlain(value: Value): boolean {
  return value.kind === 'constant' && Number.isFinite(value.value);
}

/** The nodes whose derivative with respect to the number that is read may differ from 0; `nodes` are in the order in which they are computed. */
function dependentOn(nodes: readonly Node[], by: string): ReadonlySet<Node> {
  const dependent = new Set<Node>();
  for (const node of nodes) {
    if (node.kind === 'detach') continue;
    if (node.kind === 'read' ? node.path === by : operands(node).some((operand) => dependent.has(operand))) {
      dependent.add(node);
    }
  }
  return dependent;
}
