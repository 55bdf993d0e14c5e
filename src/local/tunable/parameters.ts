import { InputError, oneOf, show } from '../../errors/index.ts';
import { withDefaults, type Numbers } from '../parameters.ts';
import { isOverTrials, type OverTrials } from './over-trials.ts';

/** The parameter that is a rule's learning rate, by which references learn, too: eta, as papers write it. A rate is what neurons have. */
export const LEARNING_RATE = 'eta';

/** What parameters are given as: numbers, or, if they are tunable, numbers that depend on the trial. */
export type Given<P extends Numbers> = Partial<{ readonly [K in keyof P]: number | OverTrials }>;

/** Parameters as a rule, or an optimiser, has them. */
export interface Tunable {
  /** Those over the trials have the number that they start from. */
  readonly params: Numbers;
  /** Which of them may change while a circuit runs; absent: none. */
  readonly tunable?: readonly string[];
  /** Which of these change from trial to trial, and how; absent: none. */
  readonly overTrials?: Readonly<Record<string, OverTrials>>;
}

/** The names of tunable parameters. @throws InputError if one is not among the parameters, or is listed twice. */
export function tunableNames(place: string, params: Numbers, names: readonly PropertyKey[]): readonly string[] {
  return names.map((name, k) => {
    if (typeof name !== 'string' || !Object.hasOwn(params, name)) {
      throw new InputError(
        `${place}[${k}]`,
        `${show(name)} is not a parameter; expected ${oneOf(Object.keys(params))}`,
      );
    }
    if (names.indexOf(name) !== k) throw new InputError(`${place}[${k}]`, `${show(name)} is listed twice; remove one`);
    return name;
  });
}

/**
 * Given parameters over the defaults.
 *
 * @throws InputError for a name that is no parameter, a value that is no finite number, or one over the trials of a parameter that is not tunable.
 */
export function parametersOf(
  place: string,
  { defaults, tunable }: { readonly defaults: Numbers; readonly tunable: readonly string[] },
  given: Readonly<Record<string, unknown>>,
): Tunable {
  const entries = Object.entries(given);
  if (Object.hasOwn(given, 'rate') && !Object.hasOwn(defaults, 'rate') && Object.hasOwn(defaults, LEARNING_RATE)) {
    throw new InputError(`${place}.rate`, `is not a parameter: the learning rate is called ${LEARNING_RATE}`);
  }
  const changing = entries.flatMap(([name, value]) => (isOverTrials(value) ? [[name, value] as const] : []));
  const numbers = entries.map(([name, value]) => [name, isOverTrials(value) ? value.start : value] as const);
  const params = withDefaults(place, defaults, Object.fromEntries(numbers));
  for (const [name] of changing) {
    if (tunable.includes(name)) continue;
    throw new InputError(
      `${place}.${name}`,
      `is not tunable, so it cannot change over the trials; give a number, or add it where ${place} is defined, to tunable`,
    );
  }
  return {
    params,
    ...(tunable.length > 0 && { tunable }),
    ...(changing.length > 0 && { overTrials: Object.fromEntries(changing) }),
  };
}
