import { InputError, oneOf, onlyFields } from '../errors/index.ts';
import {
  checkLocalName,
  copied,
  frozen,
  takeNumbers,
  tunableNames,
  type Numbers,
  type OwnFunctions,
} from '../local/index.ts';
import { checkEventState } from './event.ts';
import {
  checkedInitial,
  checkedParameters,
  checkSize,
  makePopulation,
  type GivenParameters,
  type Population,
} from './population.ts';
import { OWN_NAMES, readNeuron } from './read-neuron.ts';

type Of<K extends PropertyKey> = Readonly<Record<K, number>>;

/** What each neuron contributes to a number of the whole population: a sum, or the largest. */
type Pooling<View> = { readonly sum: (view: View) => number } | { readonly largest: (view: View) => number };

/** What `step` sees, with `last` and `global`. */
type Stepped<View, G extends string> = View & { readonly last: Of<'out'>; readonly global: Of<G> };

/** A neuron: ports where inputs are summed, state that it keeps, one step of it, and what leaves it. */
export interface NeuronDefinition<
  P extends Numbers,
  I extends string,
  S extends Numbers,
  X extends string,
  Z extends string,
  V extends string,
  Q extends string = never,
  G extends string = never,
> {
  readonly name: string;
  /** Parameters and their defaults. */
  readonly params?: P;
  /** The range of a parameter, ends included. */
  readonly range?: { readonly [K in keyof P]?: readonly [number, number] };
  /** Parameters that may change while a session runs (`session.tune`, `overTrials`), unless a population says otherwise. */
  readonly tunable?: readonly NoInfer<keyof P>[];
  /**
   * Where synapse groups end, by name: `{ basal: 'v', apical: 'd' }`. Each with the state that the synapses on it read as `post.here`, or null for
   * none. By default groups end on the first.
   */
  readonly ports: Readonly<Record<I, keyof S | null>>;
  /** The state s(0), by name. */
  readonly state: S;
  /** Names of standard normal numbers, drawn again for each neuron and timestep. */
  readonly noise?: readonly X[];
  /** Global scalars that it reads, as `global.NAME`, by the names that the circuit gives them. The task's answer is that of the previous timestep. */
  readonly globals?: readonly G[];
  /** Functions of numbers that the texts here may call besides rxflo's, by the names that they call them by: `{ f: (u, gain) => tanh(gain * u) }`. */
  readonly functions?: OwnFunctions;
  /**
   * Numbers of the whole population, by name: the sum, or the largest, of what each neuron gives, from what `step` sees and the pools before it.
   * Softmax: `{ top: { largest: ({ u }) => u }, z: { sum: ({ u, top }) => exp(u - top) } }`. All its neurons see them.
   */
  readonly pools?: Readonly<Record<Q, Pooling<Stepped<P & S & Of<I | X | Q>, G>>>>;
  /** s(t), from s(t-1), the sums of the ports, noise, pools, global scalars, and `last`, what the axon sent at t-1. */
  readonly step: (view: Stepped<P & S & Of<I | X | Q>, G>) => Of<keyof S>;
  /** What the axon carries, from s(t). `out` is what weights multiply by default; synapses see what they carry as `pre.out`. */
  readonly sends: (view: P & S & Of<Q> & { readonly global: Of<G> }) => Of<Z | 'out'>;
  /** 'event': `out` is 0 or 1, by its text, and 1 is an event; for 0, nothing is sent. Absent: every number is sent. */
  readonly axon?: 'event';
  /** What every synapse on the neuron sees, whatever its port, as `post['name']`. By default only `post.out`. */
  readonly shows?: (view: P & S & Of<Q> & { readonly global: Of<G> }) => Of<V>;
}

/** Makes a population: `lif(100, { tau: 20, theta: uniform(0.9, 1.1) })`. `initial` is the state that trials start from, by default the model's. */
export type NeuronMaker<P extends Numbers, S extends Numbers> = (
  size: number,
  options?: GivenParameters<P> & {
    readonly initial?: Partial<{ readonly [K in keyof S]: number | ArrayLike<number> }>;
  },
) => Population;

const FIELDS = [
  ...['name', 'params', 'range', 'tunable', 'ports', 'state', 'noise', 'globals', 'functions', 'pools'],
  ...['step', 'sends', 'axon', 'shows'],
];

/**
 * Defines a neuron. All derivatives that learning needs are derived from its text: of states with respect to states and ports, and of messages
 * with respect to states.
 *
 * @example
 * const lif = neuron({
 *   name: 'lif',
 *   params: { tau: 20, theta: 1 },
 *   ports: { u: 'v' },
 *   state: { v: 0 },
 *   step: ({ v, u, last, tau, theta }) => ({ v: exp(-1 / tau) * v + u - theta * last.out }),
 *   sends: ({ v, theta }) => ({ out: v >= theta ? 1 : 0 }),
 * });
 *
 * @throws InputError if a name is taken, a number is not finite, or, with line and column, where a function is not in the local language.
 */
export function neuron<
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- without parameters there are no names
  P extends Numbers = Record<never, number>,
  const I extends string = never,
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- without state there are no names
  S extends Numbers = Record<never, number>,
  const X extends string = never,
  Z extends string = never,
  V extends string = never,
  const Q extends string = never,
  const G extends string = never,
>(definition: NeuronDefinition<P, I, S, X, Z, V, Q, G>): NeuronMaker<P, S> {
  onlyFields('neuron', definition, FIELDS);
  // Each field is read once: a getter could give another value the next time.
  const taken = copied(definition, () => false);
  const { name } = taken;
  const place = `neuron '${name}'`;
  checkLocalName('neuron', name);
  const defaults = takeNumbers(`${place}.params`, taken.params ?? {}, OWN_NAMES);
  const state = takeNumbers(`${place}.state`, taken.state, OWN_NAMES);
  const ranges = new Map(
    Object.entries<readonly [number, number] | undefined>(taken.range ?? {}).flatMap(([key, range]) =>
      range ? [[key, range] as const] : [],
    ),
  );
  const named = tunableNames(`${place}.tunable`, defaults, taken.tunable ?? []);
  const model = frozen(readNeuron(place, taken, defaults, state));
  for (const key of model.events ?? []) checkEventState(`${place}.state.${key}`, state[key]);
  return (size, options = {}) => {
    const { initial = {}, tunable = named, ...given } = options;
    checkSize(place, size);
    const parameters = checkedParameters(place, defaults, { ...given, tunable }, { size, ranges });
    const states = Object.fromEntries(
      Object.entries(state).map(([key, value]): [string, number | readonly number[]] => [key, value]),
    );
    for (const [key, value] of Object.entries<unknown>(initial)) {
      if (!Object.hasOwn(state, key)) {
        throw new InputError(`${place}.initial.${key}`, `is not in the state; expected ${oneOf(Object.keys(state))}`);
      }
      if (value === undefined) continue;
      states[key] = checkedInitial(`${place}.initial.${key}`, value, size);
      if (model.events?.includes(key)) checkEventState(`${place}.initial.${key}`, states[key]);
    }
    return makePopulation({ size, model, ...parameters, initial: states });
  };
}
