import type { ArithmeticOperator, ComparisonOperator, Condition, Value } from './graph.ts';
import { LIBRARY, type SurrogateName } from './library.ts';
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

/** Called for each spike or detached value that is computed, with the function that its text calls and the arguments. */
export type Witness = (name: SurrogateName, args: readonly number[]) => void;

/**
 * Computes a number from its graph, node by node: slow, without compiling anything.
 *
 * @param witness With one, the psi of each spike is computed too.
 */
export function evaluate(value: Value, view: View, witness?: Witness): number {
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'read':
      return numberAt(view, value.path);
    case 'negate':
      return -evaluate(value.of, view, witness);
    case 'call': {
      const args = value.args.map((argument) => evaluate(argument, view, witness));
      const f: (...numbers: number[]) => number = LIBRARY[value.name];
      return f(...args);
    }
    case 'choose':
      return evaluate(holds(value.test, view, witness) ? value.yes : value.no, view, witness);
    case 'spike': {
      const of = evaluate(value.of, view, witness);
      witness?.('spike', [of, evaluate(value.psi, view, witness)]);
      return of >= 0 ? 1 : 0;
    }
    case 'detach': {
      const of = evaluate(value.of, view, witness);
      witness?.('detach', [of]);
      return of;
    }
    default:
      return ARITHMETIC[value.operator](evaluate(value.left, view, witness), evaluate(value.right, view, witness));
  }
}

/** Whether a condition is true. */
export function holds(condition: Condition, view: View, witness?: Witness): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, view, witness) && holds(condition.right, view, witness);
    case 'or':
      return holds(condition.left, view, witness) || holds(condition.right, view, witness);
    case 'not':
      return !holds(condition.of, view, witness);
    default: {
      const { operator, left, right } = condition;
      return COMPARISONS[operator](evaluate(left, view, witness), evaluate(right, view, witness));
    }
  }
}

function numberAt(view: View, path: string): number {
  let found: number | View = view;
  for (const name of path.split('.')) if (typeof found !== 'number') found = found[name];
  return typeof found === 'number' ? found : NaN;
}
