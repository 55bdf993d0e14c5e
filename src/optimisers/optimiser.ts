import { InputError, onlyFields, show } from '../errors/index.ts';
import {
  Analysis,
  at,
  change as changeOf,
  checkLocalName,
  copied,
  indexed,
  letter,
  parametersOf,
  readLocal,
  register,
  takeNumbers,
  tunableNames,
  type Given,
  type Letters,
  type Numbers,
  type Tunable,
  type ViewShape,
} from '../local/index.ts';

/**
 * An optimiser with its parameters set, which transforms the changes of a synapse group. It never changes; only the makers that `optimiser`
 * returns make one.
 */
export interface Optimiser<Name extends string = string> extends Tunable {
  readonly name: Name;
  /** What each synapse keeps for it, with initial values. */
  readonly state: Numbers;
  /** Its one function, `step`, which gives `change` and the new state. */
  readonly analysis: Analysis;
}

type Of<K extends PropertyKey> = Readonly<Record<K, number>>;

/** What an optimiser sees of its synapse. */
export type OptimiserView<P extends Numbers, S extends Numbers> = P &
  Of<keyof S> & {
    /** The requested change, as the mean over the trial's timesteps (and a batch's trials): the rule's change, summed up, over T. */
    readonly change: number;
    /** The weight before. */
    readonly w: number;
  };

/** The definition of an optimiser. */
export interface OptimiserDefinition<Name extends string, P extends Numbers, S extends Numbers> {
  readonly name: Name;
  /** Parameters and their defaults. */
  readonly params: P;
  /** Parameters that may change while a session runs, as a rule's: `session.tune(group, { 'optimiser.eta': 0.01 })`. Default none. */
  readonly tunable?: readonly NoInfer<keyof P>[];
  /** What each synapse keeps from one change to the next, with initial values. */
  readonly state?: S;
  /** The change to apply to the weight, and the new state. */
  readonly step: (view: OptimiserView<P, S>) => Of<keyof S | 'change'>;
}

/** Makes an optimiser with some parameters changed: `adam({ eta: 0.01 })`. */
export type OptimiserMaker<Name extends string, P extends Numbers> = (params?: Given<P>) => Optimiser<Name>;

const COMMON = { change: 'own state', w: 'own weight' } as const satisfies ViewShape;

const made = register<Optimiser>();

/** Whether a maker made this optimiser; a copy does not count. */
export function isOptimiser(value: unknown): value is Optimiser {
  return made.has(value);
}

/** @throws InputError if this is not an optimiser, or a copy of one. */
export function checkOptimiser(place: string, value: unknown): void {
  if (isOptimiser(value)) return;
  throw new InputError(
    place,
    `expected an optimiser from its maker, such as adam({ eta: 0.001 }), not a copy, got ${show(value)}`,
  );
}

/**
 * Defines an optimiser: how the change that a synapse requests is transformed. It runs in the synapse, whenever changes are applied: at the end
 * of a trial, or of a batch of trials; online at the end of every timestep. Bounds, bits and all other dials come after it.
 *
 * @example
 * const clipped = optimiser({
 *   name: 'clipped',
 *   params: { eta: 1, most: 0.01 },
 *   step: ({ change, eta, most }) => ({ change: max(-most, min(most, eta * change)) }),
 * });
 *
 * @throws InputError if a name is taken, a number is not finite, or, with line and column, where `step` is not in the local language.
 */
export function optimiser<
  const Name extends string,
  P extends Numbers,
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- one without state adds nothing to its view
  S extends Numbers = Record<never, number>,
>(definition: OptimiserDefinition<Name, P, S>): OptimiserMaker<Name, P> {
  onlyFields('optimiser', definition, ['name', 'params', 'tunable', 'state', 'step']);
  // Each field is read once: a getter could give another value the next time.
  const { name, params, tunable: tuned = [], state: starts, step } = copied(definition, () => false);
  const place = `optimiser '${name}'`;
  checkLocalName('optimiser', name);
  const defaults = takeNumbers(`${place}.params`, params, Object.keys(COMMON));
  const tunable = tunableNames(`${place}.tunable`, defaults, tuned);
  const state = takeNumbers(`${place}.state`, starts ?? {}, [...Object.keys(COMMON), ...Object.keys(defaults)]);
  const all = (numbers: Numbers, scope: 'parameter' | 'own state') =>
    Object.fromEntries(Object.keys(numbers).map((key) => [key, scope]));
  const shape: ViewShape = { ...all(defaults, 'parameter'), ...all(state, 'own state'), ...COMMON };
  const read = readLocal(place, 'step', step, { shape, results: ['change', ...Object.keys(state)] });
  const analysis = new Analysis([read], Object.keys(state).length, LETTERS);
  return (given = {}) => made.enter({ name, ...parametersOf(place, { defaults, tunable }, given), state, analysis });
}

const W = indexed(letter('W'), 'ij');

/** Δ is the requested change, ΔW the applied one. */
const LETTERS: Letters = {
  read: (_, { path, scope }) => {
    if (path === 'w') return W;
    if (path === 'change') return indexed(letter('Δ'), 'ij');
    return scope === 'own state' ? at(indexed(letter(path), 'ij'), 't-1') : letter(path);
  },
  result: (_, name = 'change') => (name === 'change' ? changeOf(W) : at(indexed(letter(name), 'ij'), 't')),
};
