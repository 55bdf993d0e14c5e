import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { nodesOf } from '../local/index.ts';
import type { Population } from '../neurons/index.ts';
import { checkModelled } from './checks.ts';
import { rowCarried } from './ends.ts';
import type { CheckedFeedback } from './feedback.ts';
import type { Globals } from './globals.ts';
import type { Act } from './order.ts';

/**
 * How many times a circuit runs each timestep of a task: inference within a sample. One run is a sweep. Neurons continue from sweep to sweep,
 * and delays count sweeps; the input stays the same until the next timestep.
 *
 * In the last sweep of a timestep the outputs are compared with the target, and changes are requested. In earlier sweeps outputs have no
 * target, so every error is 0; the state of rules advances, but no weight changes.
 */
export interface Repeat<Name extends string = string> {
  /** How many sweeps; with `until`, the most. A whole number, 1 to 1,000,000. */
  readonly times: number;
  /** What ends a timestep early. Absent: nothing does. */
  readonly until?: Until<Name>;
}

/**
 * A timestep ends with the first sweep in which none of the named numbers of any neuron of a population has moved by `moves` or more since the
 * sweep before. This is checked when all neurons have integrated, before the outputs are compared. Sweeps in which the task's input cannot
 * have reached the population yet do not count, so the first never does.
 */
export interface Until<Name extends string = string> {
  readonly population: Name;
  /** One number of its neurons, or a list: messages, variables of their state, or ports. Default: their first message. */
  readonly value?: string | readonly string[];
  /** Above 0. */
  readonly moves: number;
}

/** The same, checked, its defaults completed. */
export interface CheckedRepeat {
  readonly times: number;
  readonly until?: CheckedUntil;
}

export interface CheckedUntil extends Pick<Until, 'population' | 'moves'> {
  readonly values: readonly string[];
}

/** The most sweeps of a timestep. References keep what neurons do in each of them. */
const MOST_SWEEPS = 1_000_000;

type Neurons = Readonly<Record<string, Population>>;

/** @throws InputError naming what is wrong with a repetition. */
export function checkedRepeat(given: Repeat, neurons: Neurons): CheckedRepeat {
  if (typeof (given as unknown) !== 'object' || (given as Repeat | null) === null) {
    throw new InputError('repeat', `expected a record, such as { times: 20 }, got ${show(given)}`);
  }
  onlyFields('repeat', given, ['times', 'until']);
  const { times, until } = given;
  if (!Number.isInteger(times) || times < 1 || times > MOST_SWEEPS) {
    throw new InputError('repeat.times', `${show(times)} is not a whole number of sweeps, 1 to ${MOST_SWEEPS}`);
  }
  return { times, ...(until !== undefined && { until: checkedUntil(until, neurons) }) };
}

function checkedUntil(given: Until, neurons: Neurons): CheckedUntil {
  if (typeof (given as unknown) !== 'object' || (given as Until | null) === null) {
    throw new InputError(
      'repeat.until',
      `expected a record, such as { population: 'v', moves: 1e-6 }, got ${show(given)}`,
    );
  }
  onlyFields('repeat.until', given, ['population', 'value', 'moves']);
  const { population, value, moves } = given;
  checkModelled('repeat.until.population', population, neurons);
  if (typeof moves !== 'number' || !Number.isFinite(moves) || moves <= 0) {
    throw new InputError('repeat.until.moves', `${show(moves)} is not a finite number above 0`);
  }
  const known = valuesOf(neurons[population]);
  const values = value === undefined ? [[...known.keys()][0]] : typeof value === 'string' ? [value] : value;
  const right = `expected ${oneOf([...known.keys()])}`;
  const isList: boolean = Array.isArray(values);
  if (!isList || values.length === 0) {
    throw new InputError('repeat.until.value', `${show(value)} names no number of these neurons; ${right}`);
  }
  values.forEach((one, k) => {
    if (known.has(one)) return;
    const place = typeof value === 'string' ? 'repeat.until.value' : `repeat.until.value[${k}]`;
    throw new InputError(place, `${show(one)} is not a number that these neurons have; ${right}`);
  });
  return { population, moves, values };
}

/** What a repetition may look at: the row by name, messages first. */
export function valuesOf(population: Population): ReadonlyMap<string, string> {
  const { messages = {}, equations = [], ports = [] } = population.model ?? {};
  const own = [...equations.filter(({ kind }) => kind !== 'summand'), ...ports].filter(
    ({ name }) => !Object.hasOwn(messages, name),
  );
  return new Map([
    ...Object.keys(messages).map((name) => [name, rowCarried(population, name)] as const),
    ...own.map(({ name }) => [name, name] as const),
  ]);
}

/**
 * @param acts What the neurons do in a timestep.
 * @throws InputError if a circuit has parts that make no sense where it repeats: errors that arrive late; and, with `until`, parts that must know
 * in advance which sweep is the last.
 */
export function checkRepeated(
  repeat: CheckedRepeat | undefined,
  { feedback, globals }: { readonly feedback: Readonly<Record<string, CheckedFeedback>>; readonly globals: Globals },
  acts: readonly Act[],
): void {
  if (!repeat) return;
  const late = Object.entries(feedback).find(([, { broadcast }]) => (broadcast?.delay ?? 0) > 0);
  if (late) {
    throw new InputError(
      `feedback.${late[0]}.broadcast.delay`,
      `is ${late[1].broadcast?.delay}, but a circuit that repeats has errors only in the last sweep of a timestep, and they would arrive in another; leave it out`,
    );
  }
  if (!repeat.until) return;
  const knowing = Object.entries(globals).find(([, one]) => one.kind === 'clock' && readsLast(one.local.value));
  if (knowing) {
    throw new InputError(
      `globals.${knowing[0]}`,
      "reads 'last', but with repeat.until that is known only when neurons have integrated, not when a sweep begins; leave 'until' out, or read 'sweep'",
    );
  }
  const early = acts.find(({ group }) => group !== undefined);
  if (early?.group !== undefined) {
    throw new InputError(
      `synapses.${early.group}.learns`,
      "is 'at once', so the group would learn before repeat.until has decided whether this sweep is the last, the only one that learns; leave one of them out",
    );
  }
}

function readsLast(value: Parameters<typeof nodesOf>[0][number]): boolean {
  return nodesOf([value]).some((node) => node.kind === 'read' && node.path === 'last');
}
