import { COMPOSED } from './functions.ts';
import type { LocalFunction } from './local-function.ts';
import type { Local } from './reading/agreement.ts';
import type { Expected } from './reading/function.ts';
import { readText } from './reading/read-text.ts';

/**
 * Reads a local function from its text, and checks on some views that the function does what the text says:
 * a function from outside may be called `tanh`, too.
 *
 * @param owner whose it is, for errors: `rule 'mine'`
 * @param name which of its functions: `change`
 * @throws Refusal with line and column for what is not in the language, and for a function that does not do what its text says.
 */
export function readLocal(owner: string, name: string, f: Local, expected: Expected): LocalFunction {
  return readText(owner, name, f, expected, expected.callable ?? COMPOSED);
}
