import type { ComparisonOperator } from '../graph/graph.ts';
import type { FunctionName } from '../graph/library.ts';
import type { Letter } from './letter.ts';

/** One notation for formulas. Its arguments are already written, with all the parentheses that they need. */
export interface Notation {
  /** Whether a quotient is a fraction, whose two parts need no parentheses. */
  readonly fractions: boolean;
  number(value: number): string;
  letter(letter: Letter): string;
  sum(left: string, operator: '+' | '-', right: string): string;
  negative(of: string): string;
  /** `dot`: with a visible sign between, because a number follows. */
  product(left: string, right: string, dot: boolean): string;
  quotient(left: string, right: string): string;
  power(base: string, exponent: string): string;
  call(name: FunctionName, args: readonly string[]): string;
  parentheses(inner: string): string;
  choice(test: string, yes: string, no: string): string;
  comparison(left: string, operator: ComparisonOperator, right: string): string;
  logic(left: string, kind: 'and' | 'or', right: string): string;
  not(of: string): string;
  /** The Heaviside step of a spike, Θ(x), or its derivative, Θ'(x); `number` where there are several spikes. */
  step(of: string, number: number | undefined, derivative: boolean): string;
  /** The stop-gradient operator, sg[x]: x, whose derivative counts as 0. */
  detached(of: string): string;
  /** `:=` declares what the left side counts as. */
  equation(left: string, relation: '=' | ':=', right: string): string;
}
