import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { Graph, LocalFunction, readLocal, register, specialise, takeNumbers, type Numbers } from '../local/index.ts';
import type { Population } from '../neurons/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import { checkKnown, mapRecord } from './checks.ts';
import { rowCarried } from './ends.ts';

/** The arguments of a clock. */
export interface Time {
  /** The timestep of the trial, from 1. */
  readonly t: number;
  /** Timesteps since the session began, from 1; the count continues from trial to trial, and when a session is resumed. */
  readonly count: number;
  /** In a circuit that repeats, which sweep of the timestep it is, from 0; else 0. */
  readonly sweep: number;
  /** 1 in the last sweep of a timestep, else 0. Not known where the circuit repeats until something has settled. */
  readonly last: number;
}

/** A scalar that follows from the time alone, such as the phases of a circuit. Only `clock` makes one. */
export interface Clock {
  readonly kind: 'clock';
  readonly local: LocalFunction;
}

/** A scalar that the task answers, such as reward. Only `fromTask` makes one. */
export interface TaskScalar {
  readonly kind: 'task';
  /** Its value in each trial before the first answer. */
  readonly start: number;
}

/** What one neuron's axon sends, for everyone. */
export interface NeuronScalar<Name extends string = string> {
  /** The neuron's population, one of any kind. */
  readonly from: Name;
  /** Which of its neurons, from 0. Default 0. */
  readonly neuron?: number;
  /** The message. By default what weights multiply. */
  readonly carries?: string;
}

/** A number that is the same for everyone in a circuit: rules and neurons that name it in their `globals` read it as `global.NAME`. */
export type Global<Name extends string = string> = Clock | TaskScalar | NeuronScalar<Name>;

/** The same, checked, its defaults completed. */
export type CheckedGlobal =
  | Clock
  | TaskScalar
  | { readonly kind: 'neuron'; readonly from: string; readonly neuron: number; readonly row: string };

export type Globals = Readonly<Record<string, CheckedGlobal>>;

const made = register<Clock | TaskScalar>();

const TIME = ['t', 'count', 'sweep', 'last'] as const satisfies readonly (keyof Time)[];

/** Whether `clock` or `fromTask` made this. */
export function isScalar(value: unknown): value is Clock | TaskScalar {
  return made.has(value);
}

/**
 * A global scalar that follows from the time: a local function of `t`, the timestep of the trial, and `count`, the timesteps since the session
 * began, both from 1; of `sweep` and `last`, which say where in a timestep a repeating circuit is; and of parameters.
 *
 * @example
 * circuit({ globals: { hold: clock(({ count, every }) => (count - every * floor(count / every) === 0 ? 1 : 0), { every: 5 }) }, ... });
 *
 * @throws InputError if a parameter is not a finite number, or, with line and column, where the function is not in the local language.
 */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- without parameters there are no names
export function clock<P extends Numbers = Record<never, number>>(of: (time: Time & P) => number, params?: P): Clock {
  const numbers = takeNumbers('clock', params ?? {}, TIME);
  const parameters = Object.fromEntries(Object.keys(numbers).map((name) => [name, 'parameter' as const]));
  const { value } = readLocal('globals', 'clock', of, {
    shape: { ...Object.fromEntries(TIME.map((name) => [name, 'global' as const])), ...parameters },
  });
  const graph = new Graph();
  const filled = specialise(graph, value, ({ path, scope }) =>
    Object.hasOwn(numbers, path) ? graph.constant(numbers[path]) : graph.read(path, scope),
  );
  return made.enter({ kind: 'clock', local: new LocalFunction('clock', graph, filled) });
}

/**
 * A global scalar that the task answers under the name of the scalar, timestep by timestep (see `Trial.answer`). It keeps what was last
 * answered; in each trial it is `start` before the first answer.
 *
 * @throws InputError if the start is not a finite number.
 */
export function fromTask({ start = 0 }: { readonly start?: number } = {}): TaskScalar {
  if (typeof start !== 'number' || !Number.isFinite(start)) {
    throw new InputError('fromTask.start', `${show(start)} is not a finite number`);
  }
  return made.enter({ kind: 'task', start });
}

/** What may read global scalars. */
interface Readers {
  readonly neurons: Readonly<Record<string, Population>>;
  readonly synapses: Readonly<Record<string, { readonly rule?: PlasticityRule }>>;
  readonly feedback: Readonly<Record<string, { readonly rule?: PlasticityRule }>>;
}

/** @throws InputError naming the global that is wrong, or what reads one that does not exist. */
export function checkedGlobals(given: Readonly<Record<string, Global>>, readers: Readers): Globals {
  takeNumbers('globals', Object.fromEntries(Object.keys(given).map((name) => [name, 0])), ['input']);
  const globals = mapRecord<string, Global, CheckedGlobal>(given, (one, name) =>
    isScalar(one) ? one : checkedNeuron(`globals.${name}`, one, readers.neurons),
  );
  for (const [name, { model }] of Object.entries(readers.neurons)) {
    checkNames(`neurons.${name}`, 'neuron', model?.name, globalsOf(model?.readings ?? {}), globals);
  }
  for (const part of ['synapses', 'feedback'] as const) {
    for (const [name, { rule }] of Object.entries(readers[part]))
      checkGlobalsOfRule(`${part}.${name}.rule`, rule, globals);
  }
  return globals;
}

function checkedNeuron(place: string, given: unknown, neurons: Readonly<Record<string, Population>>): CheckedGlobal {
  if (typeof given !== 'object' || given === null || !('from' in given)) {
    const right = "clock(({ t }) => ...), fromTask(), or a neuron, such as { from: 'c', neuron: 0 }";
    throw new InputError(place, `expected ${right}, got ${show(given)}`);
  }
  onlyFields(place, given, ['from', 'neuron', 'carries']);
  // Its fields may hold anything: each is checked.
  const { from, neuron = 0, carries } = given as NeuronScalar;
  checkKnown(`${place}.from`, from, neurons);
  const population = neurons[from];
  if (!Number.isInteger(neuron) || neuron < 0 || neuron >= population.size) {
    const right = population.size === 1 ? 'expected 0' : `expected 0 to ${population.size - 1}`;
    throw new InputError(`${place}.neuron`, `${show(neuron)} is not a neuron of '${from}'; ${right}`);
  }
  const messages = population.model ? Object.keys(population.model.messages) : ['rate'];
  if (carries !== undefined && !messages.includes(carries)) {
    const right = `expected ${oneOf(messages)}`;
    throw new InputError(`${place}.carries`, `${show(carries)} is not a message that these neurons send; ${right}`);
  }
  return { kind: 'neuron', from, neuron, row: rowCarried(population, carries ?? messages[0]) };
}

/** @throws InputError if a rule reads a global scalar that the circuit does not have. */
export function checkGlobalsOfRule(place: string, rule: PlasticityRule | undefined, globals: Globals): void {
  checkNames(place, 'rule', rule?.name, rule?.globals ?? [], globals);
}

/** The global scalars that some readings of a model name. */
export function globalsOf(readings: NonNullable<Population['model']>['readings']): readonly string[] {
  return Object.values(readings).flatMap((reading) => (reading.of === 'global' ? [reading.name] : []));
}

function checkNames(
  place: string,
  kind: 'neuron' | 'rule',
  reader: string | undefined,
  names: readonly string[],
  globals: Globals,
): void {
  const wrong = names.find((name) => !Object.hasOwn(globals, name));
  if (wrong === undefined) return;
  const known = Object.keys(globals);
  const right =
    known.length > 0 ? `expected ${oneOf(known.map((name) => `global.${name}`))}` : `give globals: { ${wrong}: ... }`;
  throw new InputError(
    place,
    `${kind} ${show(reader)} reads global.${wrong}, which the circuit does not have; ${right}`,
  );
}
