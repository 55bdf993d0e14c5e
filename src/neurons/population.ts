import { counted, InputError, oneOf, show } from '../errors/index.ts';
import {
  isArrayLike,
  once,
  Recent,
  register,
  startsOf,
  tunableNames,
  type OverTrials,
  type TunableParameter,
} from '../local/index.ts';
import { checkDistribution, type Distribution } from '../random/index.ts';
import type { NeuronModel } from './model.ts';

/** A parameter of a population: one number for all of its neurons, one for each, or how each is drawn. */
export type Parameter = number | ArrayLike<number> | Distribution;

/**
 * Neurons of one model that share its parameters. It never changes. Only `input` and the makers that `neuron` and `neuronModel` return make
 * one; a circuit refuses a copy, whether it was changed or not.
 */
export interface Population {
  readonly size: number;
  /** Absent: input neurons, which send the task's input. */
  readonly model?: NeuronModel;
  readonly params: Readonly<Record<string, Parameter>>;
  /** Those of the parameters that may change while a circuit runs: each is one number for all neurons. Absent: none. */
  readonly tunable?: readonly TunableParameter[];
  /** The state that every trial starts from, by name: one number for all neurons, or one for each. */
  readonly initial: Readonly<Record<string, number | readonly number[]>>;
}

const made = register<Population>();
const recentOf = once((_model: NeuronModel | typeof made) => new Recent<Population>(32));

/** Enters a population that its maker has checked. The same neurons, made again, are the same population. */
export function makePopulation(population: Population): Population {
  const recent = recentOf(population.model ?? made);
  const known = recent.madeOf(population);
  if (known) return known;
  const entered = made.enter(population);
  recent.add(entered, entered);
  return entered;
}

/** Whether a maker made this population; a copy does not count. */
export function isPopulation(value: unknown): value is Population {
  return made.has(value);
}

/** @throws InputError if this is not a population, or a copy of one. */
export function checkPopulation(place: string, value: unknown): void {
  if (isPopulation(value)) return;
  const { size, model } = (value ?? {}) as Partial<Population>;
  if (!Number.isInteger(size)) {
    throw new InputError(place, `expected a population, such as leakyTanh(50), got ${show(value)}`);
  }
  throw new InputError(
    place,
    `this population of ${show(model?.name ?? 'input')} was copied, changed or put together by hand, so its text may not be what runs; ` +
      'call its maker for another size or other parameters, leakyTanh(50, { tau: 5 }), or make the model with neuronModel or neuron',
  );
}

/** Input neurons: at each timestep their rates are the task's input x(t). */
export function input(size: number): Population {
  checkSize('input', size);
  return makePopulation({ size, params: {}, initial: {} });
}

/** The most neurons of a population, so that a mistyped option does not fill the memory. */
const LARGEST = 10_000_000;

export function checkSize(place: string, size: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST) return;
  throw new InputError(`${place} size`, `${show(size)} is not a whole number of neurons, 1 to ${LARGEST}`);
}

/** The range of each parameter that has one, ends included. */
export type Ranges = ReadonlyMap<string, readonly [number, number]>;

/** The parameters that a maker of populations takes. */
export type GivenParameters<P extends object> = Partial<{ readonly [K in keyof P]: Parameter | OverTrials }> & {
  /** Which of them may change while a circuit runs. By default those that the neuron's definition lists. */
  readonly tunable?: readonly string[];
};

/**
 * The parameters of a population: `given` over the defaults.
 *
 * @throws InputError for an unknown parameter, a value that is not a finite number in its range, a list of the wrong length, or a
 * tunable parameter that is not one number for all.
 */
export function checkedParameters(
  place: string,
  defaults: Readonly<Record<string, number>>,
  { tunable: names, ...given }: Readonly<Record<string, unknown>> & { readonly tunable: readonly PropertyKey[] },
  { size, ranges }: { readonly size: number; readonly ranges: Ranges },
): Pick<Population, 'params' | 'tunable'> {
  const params: Record<string, Parameter> = { ...defaults };
  const tunable = tunableNames(`${place}.tunable`, defaults, names);
  const { numbers, overTrials } = startsOf(place, tunable, given);
  for (const [key, value] of Object.entries(numbers)) {
    if (value === undefined) continue;
    const where = `${place}.${key}`;
    if (!Object.hasOwn(defaults, key)) {
      throw new InputError(where, `unknown parameter; expected ${oneOf(Object.keys(defaults))}`);
    }
    params[key] = checkedParameter(where, value, size);
  }
  for (const [key, value] of Object.entries(params)) {
    const range = ranges.get(key);
    for (const number of range ? numbersIn(value) : []) checkRange(`${place}.${key}`, number, range ?? [0, 0], key);
  }
  if (tunable.length === 0) return { params };
  return { params, tunable: tunable.map((name) => tunableOf(place, name, params[name], { ranges, overTrials })) };
}

function tunableOf(
  place: string,
  name: string,
  start: Parameter,
  { ranges, overTrials }: { readonly ranges: Ranges; readonly overTrials: Readonly<Record<string, OverTrials>> },
): TunableParameter {
  if (typeof start !== 'number') {
    throw new InputError(
      `${place}.${name}`,
      'is tunable, so it must be one number for all neurons; give one number, or leave it out of tunable',
    );
  }
  const range = ranges.get(name);
  return {
    ...{ name, start },
    ...(range && { range }),
    ...(Object.hasOwn(overTrials, name) && { overTrials: overTrials[name] }),
  };
}

function checkedParameter(place: string, value: unknown, size: number): Parameter {
  if (isArrayLike(value)) return numbersFor(place, value, size);
  if (typeof value === 'object' && value !== null) {
    const distribution = value as Partial<Distribution>;
    if (!['normal', 'uniform', 'constant'].includes(String(distribution.kind))) {
      throw new InputError(
        place,
        `${show(value)} is not a number; give a number, a list with one for each neuron, or a distribution, such as uniform(0, 1)`,
      );
    }
    checkDistribution(place, value as Distribution);
    return value as Distribution;
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InputError(place, `${show(value)} is not a finite number`);
}

/** A list with a number for each neuron. @throws InputError if it is too short or too long, or holds something else. */
export function numbersFor(place: string, list: ArrayLike<unknown>, size: number): readonly number[] {
  if (list.length !== size) {
    throw new InputError(
      place,
      `has ${counted(list.length, 'number')} for ${size} neurons; give one number, or one for each neuron`,
    );
  }
  return Array.from(list, (value, i) => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new InputError(`${place}[${i}]`, `${show(value)} is not a finite number`);
  });
}

/** The numbers that bound a parameter; a normal distribution has no bounds. */
function numbersIn(value: Parameter): readonly number[] {
  if (typeof value === 'number') return [value];
  if (!('kind' in value)) return Array.from(value);
  switch (value.kind) {
    case 'constant':
      return [value.value];
    case 'uniform':
      return [value.low, value.high];
    case 'normal':
      return [];
  }
}

/** @throws InputError if a parameter's number is outside its range. */
export function checkRange(place: string, value: number, [low, high]: readonly [number, number], key: string): void {
  if (value >= low && value <= high) return;
  const hint = key === 'tau' && value > 0 && value < low ? '; tau is in timesteps: give tau / dt' : '';
  throw new InputError(place, `${show(value)} is outside its range, ${low} to ${high}${hint}`);
}

/** The state that a population starts from: `given`, one number for all or a list. @throws InputError if it is something else. */
export function checkedInitial(place: string, given: unknown, size: number): number | readonly number[] {
  if (isArrayLike(given)) return numbersFor(place, given, size);
  if (typeof given !== 'number') {
    throw new InputError(place, `${show(given)} is not a number; give one, or a list with one for each neuron`);
  }
  if (!Number.isFinite(given)) throw new InputError(place, `${show(given)} is not a finite number`);
  return given;
}
