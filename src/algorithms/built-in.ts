import { InputError, oneOf, show } from '../errors/index.ts';
import { bptt, checkAlgorithm, rtrl, snap, type LearningAlgorithm, type ListedAlgorithm } from '../solvers/index.ts';
import { local } from './local.ts';
import { online } from './online/index.ts';

/** Every algorithm that comes with rxflo. To add one, write its file and list it here. */
const BUILT_IN = [local, bptt, rtrl, snap, ...online] as const;

/** The names of built-in algorithms: 'bptt', 'snap-2'. */
export type AlgorithmName = NonNullable<ReturnType<(typeof BUILT_IN)[number]['parse']>>['name'];

/** Every built-in algorithm, or family of them, for those that list them. */
export const builtInAlgorithms: readonly ListedAlgorithm[] = BUILT_IN;

/** The built-in algorithm of this name; undefined if the name is unknown. */
export function algorithmNamed(name: string): LearningAlgorithm | undefined {
  return firstOf(({ parse }) => parse(name));
}

/** The given algorithm, or the built-in one of this name. @throws InputError at `place` if the name is unknown. */
export function asAlgorithm(place: string, algorithm: string | LearningAlgorithm): LearningAlgorithm {
  if (typeof algorithm !== 'string') {
    checkAlgorithm(place, algorithm);
    return algorithm;
  }
  const found = algorithmNamed(algorithm);
  if (found) return found;
  throw new InputError(place, unknownLearner(algorithm, []));
}

/** The built-in algorithms that run no rules. */
export const builtInSolvers = builtInAlgorithms.filter(({ names }) => !algorithmNamed(names[0])?.rules);

/** The names of the built-in algorithms that follow the exact gradient. */
export const referenceNames: readonly string[] = builtInAlgorithms
  .flatMap(({ names }) => names)
  .filter((name) => algorithmNamed(name)?.exact);

/** Names as errors list them: `'rflo', 'bptt' or 'rtrl', or 'snap-1', 'snap-2', ...`. */
export function oneOfNames(
  known: readonly string[],
  listed: readonly ListedAlgorithm[] = builtInAlgorithms,
  others: readonly string[] = [],
): string {
  const single = listed.flatMap(({ names }) => (names.length === 1 ? names : []));
  const families = listed.flatMap(({ names }) => (names.length === 1 ? [] : [quoted(names)]));
  return [oneOf([...new Set([...known, ...single, ...others])]), ...families].join(', or ');
}

/**
 * The error message for a name that no learner has.
 *
 * @param rules The names of rules, which are learners too.
 * @param others The names of other learners.
 * @param advice Text to append, unless the name resembles that of a built-in algorithm.
 */
export function unknownLearner(
  name: string,
  rules: readonly string[],
  { others = [], advice = '' }: { readonly others?: readonly string[]; readonly advice?: string } = {},
): string {
  const wrong = firstOf((listed) => listed.wrong?.(name));
  return wrong ?? `unknown learner ${show(name)}; expected ${oneOfNames(rules, builtInAlgorithms, others)}${advice}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => (name === '...' ? name : show(name))).join(', ');
}

function firstOf<T>(find: (listed: ListedAlgorithm) => T | undefined): T | undefined {
  for (const listed of builtInAlgorithms) {
    const found = find(listed);
    if (found !== undefined) return found;
  }
  return undefined;
}
