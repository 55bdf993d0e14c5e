import type { ArithmeticOperator, ComparisonOperator, Condition, Value } from './graph.ts';
import { LIBRARY } from './library.ts';
import type { View } from './view.ts';

const ARITHMETIC: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const COMPARISONS: Readonly<Record<ComparisonOperator, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
};

/** Computes a number from its graph, node by node: slow, and with nothing compiled. */
export function evaluate(value: Value, view: View): number {
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'read':
      return numberAt(view, value.path);
    case 'negate':
      return -evaluate(value.of, view);
    case 'call': {
      const args = value.args.map((argument) => evaluate(argument, view));
      const f: (...numbers: number[]) => number = LIBRARY[value.name];
      return f(...args);
    }
    case 'choose':
      return holds(value.test, view) ? evaluate(value.yes, view) : evaluate(value.no, view);
    default:
      return ARITHMETIC[value.operator](evaluate(value.left, view), evaluate(value.right, view));
  }
}

/** Whether a condition is true. */
export function holds(condition: Condition, view: View): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, view) && holds(condition.right, view);
    case 'or':
      return holds(condition.left, view) || holds(condition.right, view);
    case 'not':
      return !holds(condition.of, view);
    default:
      return COMPARISONS[condition.operator](evaluate(condition.left, view), evaluate(condition.right, view));
  }
}

function numberAt(view: View, path: string): number {
  let found: number | View = view;
  for (const name of path.split('.')) if (typeof found !== 'number') found = found[name];
  return typeof found === 'number' ? found : NaN;
}
