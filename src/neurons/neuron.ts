import { InputError, onlyFields, show } from '../errors/index.ts';
import {
  Analysis,
  checkLocalName,
  copied,
  readLocal,
  takeNumbers,
  type LocalFunction,
  type Numbers,
  type Scope,
  type ViewShape,
} from '../local/index.ts';
import { checkedEvents, checkEventState } from './event.ts';
import { NEURON_LETTERS } from './letters.ts';
import type { Equation, NeuronModel, NeuronRead } from './model.ts';
import {
  checkedInitial,
  checkedParameters,
  checkSize,
  makePopulation,
  type Parameter,
  type Population,
} from './population.ts';

type Of<K extends PropertyKey> = Readonly<Record<K, number>>;

/** A neuron: ports where inputs are summed, state that it keeps, one step of it, and what leaves it. */
export interface NeuronDefinition<
  P extends Numbers,
  I extends string,
  S extends Numbers,
  X extends string,
  Z extends string,
  V extends string,
> {
  readonly name: string;
  /** Parameters and their defaults. */
  readonly params?: P;
  /** The range of a parameter, ends included. */
  readonly range?: { readonly [K in keyof P]?: readonly [number, number] };
  /**
   * Where synapse groups end, by name: `{ basal: 'v', apical: 'd' }`. Each with the state that the synapses on it feel as `post.here`, or null for
   * none. A group that does not say ends on the first.
   */
  readonly ports: Readonly<Record<I, keyof S | null>>;
  /** The state s(0), by name. */
  readonly state: S;
  /** Names of standard normal numbers: a fresh one for each neuron and timestep. */
  readonly noise?: readonly X[];
  /** s(t), from s(t-1), what the ports have summed up, noise, and `last`, what the axon sent at t-1. */
  readonly step: (view: P & S & Of<I | X> & { readonly last: Of<'out'> }) => Of<keyof S>;
  /** What the axon carries, from s(t). `out` is what weights multiply if a group does not say; synapses see what they carry as `pre.out`. */
  readonly sends: (view: P & S) => Of<Z | 'out'>;
  /** 'event': `out` is 0 or 1, by its text, and 1 is an event; where it is 0, nothing is sent. Absent: every number is sent. */
  readonly axon?: 'event';
  /** What every synapse on the neuron sees, whatever its port, as `post['name']`. By default only `post.out`. */
  readonly shows?: (view: P & S) => Of<V>;
}

/** Makes a population: `lif(100, { tau: 20, theta: uniform(0.9, 1.1) })`. `initial` is the state that trials start from, where it is not the model's. */
export type NeuronMaker<P extends Numbers, S extends Numbers> = (
  size: number,
  options?: Partial<{ readonly [K in keyof P]: Parameter }> & {
    readonly initial?: Partial<{ readonly [K in keyof S]: number | ArrayLike<number> }>;
  },
) => Population;

const FIELDS = ['name', 'params', 'range', 'ports', 'state', 'noise', 'step', 'sends', 'axon', 'shows'];
/** Names that nothing of a neuron may have: the view's own, and those of what every neuron has besides. */
const OWN_NAMES = ['last', 'initial', 'signal', 'error', 'here', 'sent'];

/**
 * Defines a neuron. All derivatives that learning needs are derived from its text: state by state, state by port, message by state.
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
  P extends Numbers,
  const I extends string,
  S extends Numbers,
  const X extends string = never,
  Z extends string = never,
  V extends string = never,
>(definition: NeuronDefinition<P, I, S, X, Z, V>): NeuronMaker<P, S> {
  onlyFields('neuron', definition, FIELDS);
  // Each field is read once: a getter could give another value the next time.
  const taken = copied(definition, () => false);
  const { name } = taken;
  const place = `neuron '${name}'`;
  checkLocalName('neuron', name);
  const defaults = takeNumbers(`${place}.params`, taken.params ?? {}, OWN_NAMES);
  const state = takeNumbers(`${place}.state`, taken.state, OWN_NAMES);
  const ports = portsOf(place, taken.ports, state);
  const noise = namesOf(`${place}.noise`, taken.noise ?? []);
  unique(place, [...Object.keys(defaults), ...Object.keys(state), ...ports.map((port) => port.name), ...noise]);
  const ranges = new Map(
    Object.entries<readonly [number, number] | undefined>(taken.range ?? {}).flatMap(([key, range]) =>
      range ? [[key, range] as const] : [],
    ),
  );
  const model = read(place, { name, defaults, state, ports, noise }, taken);
  for (const key of model.events ?? []) checkEventState(`${place}.state.${key}`, state[key]);
  return (size, options = {}) => {
    const { initial = {}, ...given } = options;
    checkSize(place, size);
    const params = checkedParameters(place, defaults, given, { size, ranges });
    const states = Object.fromEntries(
      Object.entries(state).map(([key, value]): [string, number | readonly number[]] => [key, value]),
    );
    for (const [key, value] of Object.entries<unknown>(initial)) {
      if (!Object.hasOwn(state, key)) {
        throw new InputError(
          `${place}.initial.${key}`,
          `is not in the state; there is ${Object.keys(state).join(', ')}`,
        );
      }
      if (value === undefined) continue;
      states[key] = checkedInitial(`${place}.initial.${key}`, value, size);
      if (model.events?.includes(key)) checkEventState(`${place}.initial.${key}`, states[key]);
    }
    return makePopulation({ size, model, params, initial: states });
  };
}

interface Names {
  readonly name: string;
  readonly defaults: Numbers;
  readonly state: Numbers;
  readonly ports: NeuronModel['ports'];
  readonly noise: readonly string[];
}

/** The functions as their text says. */
function read(
  place: string,
  { name, defaults, state, ports, noise }: Names,
  definition: Pick<NeuronDefinition<never, never, never, never, never, never>, 'step' | 'sends' | 'axon' | 'shows'>,
): NeuronModel {
  const all = (names: readonly string[], scope: Scope): ViewShape =>
    Object.fromEntries(names.map((each) => [each, scope]));
  const parameters = all(Object.keys(defaults), 'parameter');
  const own: ViewShape = { ...parameters, ...all(Object.keys(state), 'own state') };
  const stepped: ViewShape = {
    ...own,
    ...all(
      ports.map((port) => port.name),
      'summed input',
    ),
    ...all(noise, 'chance'),
    last: { out: 'own state' },
  };
  const step = readLocal(place, 'step', definition.step, { shape: stepped, results: Object.keys(state) });
  const sends = readLocal(place, 'sends', definition.sends, { shape: own, results: 'any' });
  const shows = definition.shows && readLocal(place, 'shows', definition.shows, { shape: own, results: 'any' });
  const [messages, shown] = [outcomes(sends, state), shows ? outcomes(shows, state) : new Map<string, string>()];
  if (!messages.has('out'))
    throw new InputError(`${place}.sends`, 'gives no `out`, which is what weights multiply; add it');
  const events = definition.axon === undefined ? undefined : checkedEvents(place, definition.axon, { step, sends });
  const named = [...messages, ...shown].filter(([key, row]) => key === row).map(([key]) => key);
  unique(
    place,
    [...Object.keys(stepped), ...named].filter((key) => key !== 'last'),
  );
  checkNames(place, named);
  const equations: Equation[] = [
    ...Object.keys(state).map((key): Equation => ({
      name: key,
      kind: 'state',
      computed: { local: step, result: key },
    })),
    ...[...messages].flatMap(([key, row]): Equation[] =>
      key === row ? [{ name: key, kind: 'message', computed: { local: sends, result: key } }] : [],
    ),
    ...[...shown].flatMap(([key, row]): Equation[] =>
      key === row && shows ? [{ name: key, kind: 'shown', computed: { local: shows, result: key } }] : [],
    ),
  ];
  const out = messages.get('out') ?? 'out';
  const readings: Record<string, NeuronRead> = {
    ...Object.fromEntries(Object.keys(defaults).map((key) => [key, { of: 'parameter' as const }])),
    ...Object.fromEntries(Object.keys(state).map((key) => [key, { of: 'own' as const, name: key, late: 1 as const }])),
    ...Object.fromEntries(ports.map((port) => [port.name, { of: 'port' as const, name: port.name }])),
    ...Object.fromEntries(noise.map((key) => [key, { of: 'noise' as const, name: key }])),
    'last.out': { of: 'own', name: out, late: 1 },
  };
  return {
    name,
    analysis: new Analysis([step, sends, ...(shows ? [shows] : [])], Object.keys(state).length, NEURON_LETTERS),
    params: Object.keys(defaults),
    ...{ ports, equations, derivatives: [], readings, initial: state },
    messages: Object.fromEntries([['out', out], ...messages]),
    shows: Object.fromEntries([['out', out], ...shown]),
    ...(events && { events }),
  };
}

/** The numbers that a function gives: each under its own name, or that of the state that it is. */
function outcomes(local: LocalFunction, state: Numbers): Map<string, string> {
  return new Map(
    local.namedResults.map(({ name, value }) => {
      const isState = value.kind === 'read' && Object.hasOwn(state, value.path);
      return [name, isState ? value.path : name];
    }),
  );
}

function portsOf(place: string, ports: unknown, state: Numbers): NeuronModel['ports'] {
  if (typeof ports !== 'object' || ports === null || Object.keys(ports).length === 0) {
    throw new InputError(
      `${place}.ports`,
      "expected at least one port, such as { u: 'v' }, with the state that its synapses feel, or null",
    );
  }
  checkNames(`${place}.ports`, Object.keys(ports));
  return Object.entries<unknown>(ports as Readonly<Record<string, unknown>>).map(([name, here]) => {
    if (here === null) return { name, here };
    if (typeof here !== 'string' || !Object.hasOwn(state, here)) {
      const right = `expected ${Object.keys(state).join(', ')}, or null`;
      throw new InputError(`${place}.ports.${name}`, `${show(here)} is not in the state; ${right}`);
    }
    return { name, here };
  });
}

function namesOf(place: string, names: readonly unknown[]): readonly string[] {
  return names.map((name) => {
    if (typeof name !== 'string') throw new InputError(place, `expected names, such as ['xi'], got ${show(name)}`);
    checkNames(place, [name]);
    return name;
  });
}

/** @throws InputError if a name is not an identifier, or has a meaning already. */
function checkNames(place: string, names: readonly string[]): void {
  takeNumbers(place, Object.fromEntries(names.map((name) => [name, 0])), OWN_NAMES);
}

/** @throws InputError if a name stands for two things. */
function unique(place: string, names: readonly string[]): void {
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) {
    throw new InputError(place, `\`${twice}\` names two things; give one of them another name`);
  }
}
