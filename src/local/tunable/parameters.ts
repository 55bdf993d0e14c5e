import { InputError, oneOf, show } from '../../errors/index.ts';
import { withDefaults, type Numbers } from '../parameters.ts';
import { isOverTrials, type OverTrials } from './over-trials.ts';

/** The parameter that is a rule's learning rate, which references use, too: eta, as in papers, because `rate` is what neurons have. */
export const LEARNING_RATE = 'eta';

/** Parameters as a user gives them: numbers, or, if they are tunable, numbers that depend on the trial. */
export type Given<P extends Numbers> = Partial<{ readonly [K in keyof P]: number | OverTrials }>;

/** The parameters of a rule or an optimiser. */
export interface Tunable {
  /** Parameters that change over the trials have their start here. */
  readonly params: Numbers;
  /** Which of them may change while a circuit runs; absent: none. */
  readonly tunable?: readonly string[];
  /** Which of these change from trial to trial, and how; absent: none. */
  readonly overTrials?: Readonly<Record<string, OverTrials>>;
  /** The least and the largest value of some of them; the others may be any finite number. */
  readonly ranges?: Readonly<Record<string, readonly [number, number]>>;
}

/** A number that may change while a circuit runs. */
export interface TunableParameter {
  /** The name by which it is read and tuned; for an optimiser `optimiser.eta`. */
  readonly name: string;
  /** Its initial value. */
  readonly start: number;
  readonly overTrials?: OverTrials;
  /** Its least and largest value; absent: any finite number. */
  readonly range?: readonly [number, number];
  /** Another of the same owner, which it may not exceed. */
  readonly atMost?: string;
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
 * @throws InputError for an unknown parameter, a value that is not a finite number, or overTrials for a parameter that is not tunable.
 */
export function parametersOf(
  place: string,
  { defaults, tunable }: { readonly defaults: Numbers; readonly tunable: readonly string[] },
  given: Readonly<Record<string, unknown>>,
): Tunable {
  if (Object.hasOwn(given, 'rate') && !Object.hasOwn(defaults, 'rate') && Object.hasOwn(defaults, LEARNING_RATE)) {
    throw new InputError(`${place}.rate`, `is not a parameter: the learning rate is called ${LEARNING_RATE}`);
  }
  const { numbers, overTrials } = startsOf(place, tunable, given);
  return {
    params: withDefaults(place, defaults, numbers),
    ...(tunable.length > 0 && { tunable }),
    ...(Object.keys(overTrials).length > 0 && { overTrials }),
  };
}

/** Given parameters; those that change over the trials with their start. @throws InputError if one of these is not tunable. */
export function startsOf(
  place: string,
  tunable: readonly string[],
  given: Readonly<Record<string, unknown>>,
): { readonly numbers: Readonly<Record<string, unknown>>; readonly overTrials: Readonly<Record<string, OverTrials>> } {
  const entries = Object.entries(given);
  const changing = entries.flatMap(([name, value]) => (isOverTrials(value) ? [[name, value] as const] : []));
  for (const [name] of changing) {
    if (tunable.includes(name)) continue;
    throw new InputError(
      `${place}.${name}`,
      `is not tunable, so it cannot change over the trials; give a number, or list it in tunable where ${place} is defined`,
    );
  }
  const numbers = entries.map(([name, value]) => [name, isOverTrials(value) ? value.start : value] as const);
  return { numbers: Object.fromEntries(numbers), overTrials: Object.fromEntries(changing) };
}
