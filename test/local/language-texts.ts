import fc from 'fast-check';
import { LIBRARY } from '../../src/local/graph/library.ts';
import { detach, spike, type View } from '../../src/local/index.ts';

const READS = ['p', 'w', 'tau', 'pre.rate', 'slope', '0.5', '2', '1', '3e-2'];

/** What random texts are made of, besides arithmetic and choices. */
interface Parts {
  readonly functions: readonly string[];
  readonly pairs?: readonly string[];
  readonly comparisons?: readonly string[];
  readonly depth: number;
}

const joined = (operators: readonly string[], side: fc.Arbitrary<string>) =>
  fc.tuple(side, fc.constantFrom(...operators), side).map((parts) => `(${parts.join(' ')})`);

/** Texts of random numbers in the local language, over p, w, tau, pre.rate and slope. */
function texts({
  functions,
  pairs = ['min', 'max', 'pow'],
  comparisons = ['<', '<=', '>', '>=', '===', '!=='],
  depth,
}: Parts): fc.Arbitrary<string> {
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
        fc.tuple(fc.constantFrom(...pairs), number, number).map(([f, x, y]) => `${f}(${x}, ${y})`),
        fc.tuple(condition, number, number).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
      ),
      condition: fc.oneof(
        { maxDepth: 2 },
        joined(comparisons, number),
        joined(['&&', '||'], condition),
        condition.map((of) => `!${of}`),
      ),
    };
  }).number;
}

/** With every function and operator. */
export const numberText = texts({
  functions: ['tanh', 'exp', 'log', 'sqrt', 'abs', 'sign', 'floor', 'detach'],
  pairs: ['min', 'max', 'pow', 'spike'],
  depth: 5,
});
/** Not so deep that differences measure little of them. */
export const smoothText = texts({ functions: ['tanh', 'exp', 'log', 'sqrt', 'abs'], depth: 3 });

const ACTIVATIONS = [
  '1 / (1 + exp(-X))',
  'X / (1 - exp(-X))',
  'sqrt(max(X, 0))',
  'pow(max(X, 0), 0.5)',
  'tanh(exp(X))',
];

/** Activations of the kind that rates have: no choice picks out a single point, and nothing negative is raised to a power that varies. */
export const rateText = fc
  .tuple(
    fc.constantFrom(...ACTIVATIONS),
    texts({
      functions: ['tanh', 'exp', 'log', 'sqrt', 'abs'],
      pairs: ['min', 'max'],
      comparisons: ['<', '>'],
      depth: 3,
    }),
  )
  .map(([activation, text]) => activation.replaceAll('X', `(${text})`));

const KNOWN = { ...LIBRARY, spike, detach };

const DECLARED = [
  'spike(p * X, Y) * Z',
  'X * spike(p - spike(p * Y, Z), tanh(p))',
  'p * detach(X) + spike(Y, Z)',
  'tanh(p / (1 + exp(-detach(p) * X)) - spike(p * Y, spike(p, X) * Z))',
];

/** With spikes and detached values on the way from p to the result. */
export const surrogateText = fc
  .tuple(
    fc.constantFrom(...DECLARED),
    ...(['X', 'Y', 'Z'] as const).map(() =>
      texts({
        functions: ['tanh', 'exp', 'sqrt', 'abs', 'detach'],
        pairs: ['min', 'max', 'spike'],
        comparisons: ['<', '>'],
        depth: 2,
      }),
    ),
  )
  .map(([text, ...parts]) => text.replaceAll(/[XYZ]/g, (letter) => `(${parts['XYZ'.indexOf(letter)]})`));

/** The function that such a text is. */
export function functionOf(text: string): (view: View) => number {
  return writtenAs(`({ p, w, tau, pre, post: { slope } }) => ${text}`);
}

/** The function with this whole text. */
export function writtenAs(text: string): (view: View) => number {
  // oxlint-disable-next-line typescript/no-implied-eval -- makes functions of generated texts
  const make = new Function(...Object.keys(KNOWN), `return ${text};`) as (
    ...library: unknown[]
  ) => (view: View) => number;
  return make(...Object.values(KNOWN));
}
