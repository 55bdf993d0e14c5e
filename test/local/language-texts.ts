import fc from 'fast-check';
import { LIBRARY } from '../../src/local/graph/library.ts';
import type { View } from '../../src/local/index.ts';

const READS = ['p', 'w', 'tau', 'pre.rate', 'slope', '0.5', '2', '1', '3e-2'];

const joined = (operators: readonly string[], side: fc.Arbitrary<string>) =>
  fc.tuple(side, fc.constantFrom(...operators), side).map((parts) => `(${parts.join(' ')})`);

/** Texts of random numbers in the local language, over p, w, tau, pre.rate and slope. */
function texts(functions: readonly string[], depth: number): fc.Arbitrary<string> {
  return fc.letrec<{ number: string; condition: string }>((tie) => {
    const number = tie('number');
    const condition = tie('condition');
    return {
      number: fc.oneof(
        { maxDepth: depth },
        fc.constantFrom(...READS),
        joined(['+', '-', '*', '/'], number),
        number.map((of) => `-(${of})`),
        fc.tuple(fc.constantFrom(...functions), number).map(([f, x]) => `${f}(${x})`),
        fc.tuple(fc.constantFrom('min', 'max', 'pow'), number, number).map(([f, x, y]) => `${f}(${x}, ${y})`),
        fc.tuple(condition, number, number).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
      ),
      condition: fc.oneof(
        { maxDepth: 2 },
        joined(['<', '<=', '>', '>=', '===', '!=='], number),
        joined(['&&', '||'], condition),
        condition.map((of) => `!${of}`),
      ),
    };
  }).number;
}

/** With every function and operator. */
export const numberText = texts(['tanh', 'exp', 'log', 'sqrt', 'abs', 'sign', 'floor'], 5);
/** Not so deep that differences measure little of them. */
export const smoothText = texts(['tanh', 'exp', 'log', 'sqrt', 'abs'], 3);

/** The function that such a text is. */
export function functionOf(text: string): (view: View) => number {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- makes functions of generated texts
  const make = new Function(...Object.keys(LIBRARY), `return ({ p, w, tau, pre, post: { slope } }) => ${text};`) as (
    ...library: unknown[]
  ) => (view: View) => number;
  return make(...Object.values(LIBRARY));
}
