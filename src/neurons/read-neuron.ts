import { InputError, show } from '../errors/index.ts';
import {
  Analysis,
  ownFunctions,
  readLocal,
  takeNumbers,
  type LocalFunction,
  type Numbers,
  type OwnFunctions,
  type Expected,
  type Scope,
  type ViewShape,
} from '../local/index.ts';
import { checkedEvents } from './event.ts';
import { NEURON_LETTERS } from './letters.ts';
import type { Equation, NeuronModel, NeuronRead, Pool } from './model.ts';

/** The definition of a neuron, with any names. */
export interface NeuronText {
  readonly name: string;
  readonly ports: unknown;
  readonly noise?: readonly unknown[];
  readonly globals?: readonly unknown[];
  readonly functions?: OwnFunctions;
  readonly pools?: object;
  readonly step: (view: never) => unknown;
  readonly sends: (view: never) => unknown;
  readonly axon?: unknown;
  readonly shows?: (view: never) => unknown;
}

/** Names that nothing in a neuron may have: the view's own, and those that every neuron has besides. */
export const OWN_NAMES = ['last', 'global', 'initial', 'tunable', 'signal', 'error', 'here', 'sent'];

/** Reads a neuron's functions from their text. @throws InputError as `neuron` does. */
export function readNeuron(place: string, text: NeuronText, defaults: Numbers, state: Numbers): NeuronModel {
  const ports = portsOf(place, text.ports, state);
  const noise = namesOf(`${place}.noise`, text.noise ?? []);
  const globals = namesOf(`${place}.globals`, text.globals ?? []);
  unique(place, [...Object.keys(defaults), ...Object.keys(state), ...ports.map((port) => port.name), ...noise]);
  const all = (names: readonly string[], scope: Scope): ViewShape =>
    Object.fromEntries(names.map((each) => [each, scope]));
  const parameters = all(Object.keys(defaults), 'parameter');
  const scalars: ViewShape = globals.length > 0 ? { global: all(globals, 'global') } : {};
  const own: ViewShape = { ...parameters, ...all(Object.keys(state), 'own state'), ...scalars };
  const stepped: ViewShape = {
    ...own,
    ...all(
      ports.map((port) => port.name),
      'summed input',
    ),
    ...all(noise, 'chance'),
    last: { out: 'own state' },
  };
  const callable = ownFunctions(place, text.functions);
  const pools = readPools(place, text.pools ?? {}, { shape: stepped, callable });
  const pooled = all(
    pools.map((pool) => pool.name),
    'over population',
  );
  const step = readLocal(place, 'step', text.step, {
    shape: { ...stepped, ...pooled },
    results: Object.keys(state),
    callable,
  });
  const leaving = { shape: { ...own, ...pooled }, results: 'any', callable } as const;
  const sends = readLocal(place, 'sends', text.sends, leaving);
  const shows = text.shows && readLocal(place, 'shows', text.shows, leaving);
  const [messages, shown] = [outcomes(sends, state), shows ? outcomes(shows, state) : new Map<string, string>()];
  if (!messages.has('out'))
    throw new InputError(`${place}.sends`, 'does not give `out`, which is what weights multiply; add it');
  const events = text.axon === undefined ? undefined : checkedEvents(place, text.axon, { step, sends });
  const isNew = ([key, row]: readonly [string, string]) => key === row && !Object.hasOwn(state, key);
  const named = [...messages, ...shown].filter(isNew).map(([key]) => key);
  unique(
    place,
    [...Object.keys({ ...stepped, ...pooled }), ...named].filter((key) => key !== 'last' && key !== 'global'),
  );
  checkNames(place, named);
  const equations: Equation[] = [
    ...pools.map(({ adds, local }): Equation => ({ name: adds, kind: 'summand', computed: { local } })),
    ...Object.keys(state).map((key): Equation => ({
      name: key,
      kind: 'state',
      computed: { local: step, result: key },
    })),
    ...[...messages]
      .filter(isNew)
      .map(([key]): Equation => ({ name: key, kind: 'message', computed: { local: sends, result: key } })),
    ...[...shown]
      .filter(isNew)
      .flatMap(([key]): Equation[] =>
        shows ? [{ name: key, kind: 'shown', computed: { local: shows, result: key } }] : [],
      ),
  ];
  const out = messages.get('out') ?? 'out';
  const readings: Record<string, NeuronRead> = {
    ...Object.fromEntries(Object.keys(defaults).map((key) => [key, { of: 'parameter' as const }])),
    ...Object.fromEntries(Object.keys(state).map((key) => [key, { of: 'own' as const, name: key, late: 1 as const }])),
    ...Object.fromEntries(ports.map((port) => [port.name, { of: 'port' as const, name: port.name }])),
    ...Object.fromEntries(noise.map((key) => [key, { of: 'noise' as const, name: key }])),
    ...Object.fromEntries(globals.map((key) => [`global.${key}`, { of: 'global' as const, name: key }])),
    ...Object.fromEntries(pools.map((pool) => [pool.name, { of: 'pool' as const, name: pool.name }])),
    'last.out': { of: 'own', name: out, late: 1 },
  };
  return {
    name: text.name,
    analysis: new Analysis(
      [...pools.map(({ local }) => local), step, sends, ...(shows ? [shows] : [])],
      Object.keys(state).length,
      NEURON_LETTERS,
    ),
    params: Object.keys(defaults),
    ...{ ports, pools, equations, derivatives: [], readings, initial: state },
    messages: Object.fromEntries([['out', out], ...messages]),
    shows: Object.fromEntries([['out', out], ...shown]),
    ...(events && { events }),
  };
}

/** Each pool may read those before it. */
function readPools(
  place: string,
  pools: object,
  { shape, ...rest }: Expected,
): readonly (Pool & { readonly local: LocalFunction })[] {
  checkNames(`${place}.pools`, Object.keys(pools));
  const seen: Record<string, Scope | ViewShape> = { ...shape };
  return Object.entries<unknown>({ ...pools }).map(([name, pool]) => {
    if (Object.hasOwn(seen, name)) unique(place, [name, name]);
    const [of, adds] = poolOf(`${place}.pools.${name}`, pool);
    const local = readLocal(`${place}.pools.${name}`, of, adds, { ...rest, shape: { ...seen } });
    seen[name] = 'over population';
    return { name, of, adds: `adds to ${name}`, local };
  });
}

/** @throws InputError if it is neither a sum nor a largest. */
function poolOf(place: string, pool: unknown): readonly ['sum' | 'largest', (view: never) => unknown] {
  const fields = typeof pool === 'object' && pool !== null ? Object.entries<unknown>({ ...pool }) : [];
  const [field, adds] = fields.length === 1 ? fields[0] : [];
  if ((field === 'sum' || field === 'largest') && isFunction(adds)) return [field, adds];
  throw new InputError(
    place,
    'expected { sum: f } or { largest: f } with a function of the view, such as { sum: ({ u }) => exp(u) }',
  );
}

function isFunction(value: unknown): value is (view: never) => unknown {
  return typeof value === 'function';
}

/** The numbers that a function gives, by name: each with its own name, or, if it is a state, that of the state. */
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
      "expected at least one port, such as { u: 'v' }, with the state that its synapses read, or null",
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

/** @throws InputError if a name is not an identifier, or already has a meaning. */
function checkNames(place: string, names: readonly string[]): void {
  takeNumbers(place, Object.fromEntries(names.map((name) => [name, 0])), OWN_NAMES);
}

/** @throws InputError if a name means two things. */
function unique(place: string, names: readonly string[]): void {
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) {
    throw new InputError(place, `\`${twice}\` names two things; rename one`);
  }
}
