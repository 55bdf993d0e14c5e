import { InputError, onlyFields, show } from '../errors/index.ts';
import {
  Analysis,
  checkLocalName,
  copied,
  readLocal,
  register,
  takeNumbers,
  withDefaults,
  type Numbers,
  type ViewShape,
} from '../local/index.ts';
import { checkDerivatives } from './check-derivatives.ts';
import { LETTERS } from './letters.ts';

/** What a neuron model sees: its own previous rate `h`, its summed input `u`, and its parameters. */
export type NeuronView<P extends Numbers> = P & { readonly h: number; readonly u: number };

/** A local function from summed input and own rate to the new rate, with the two derivatives that learning needs. */
export interface NeuronModel {
  readonly name: string;
  /** What is known from the text of its functions, which are then compiled from it. Absent: the model is opaque, and nothing is known. */
  readonly analysis?: Analysis;
  /** The new rate h(t), from h = h(t-1) and the summed input u = u(t). */
  rate(this: void, view: NeuronView<Numbers>): number;
  /** dh(t)/du(t). */
  slope(this: void, view: NeuronView<Numbers>): number;
  /** dh(t)/dh(t-1), u(t) held fixed. */
  retention(this: void, view: NeuronView<Numbers>): number;
}

/**
 * Neurons of one model that share its parameters. It never changes. Only `input` and the makers that `neuronModel` returns make one; a
 * circuit refuses a copy, whether it was changed or not.
 */
export interface Population {
  readonly size: number;
  /** Absent: input neurons, which play what the task gives them. */
  readonly model?: NeuronModel;
  readonly params: Numbers;
  /** The rate h(0) that every trial starts from: one for all, or one for each neuron. */
  readonly initial: number | readonly number[];
}

/** What a neuron model is written as. */
export interface ModelDefinition<P extends Numbers> {
  readonly name: string;
  /** Parameters and their defaults. */
  readonly params: P;
  /** The range of a parameter, ends included. */
  readonly range?: { readonly [K in keyof P]?: readonly [number, number] };
  readonly rate: (view: NeuronView<P>) => number;
  /** dh(t)/du(t). Absent: derived from `rate`, as it must be where the rate calls `spike` or `detach`. */
  readonly slope?: (view: NeuronView<P>) => number;
  /** dh(t)/dh(t-1), u(t) held fixed. Absent: derived from `rate`. */
  readonly retention?: (view: NeuronView<P>) => number;
  /**
   * True: the functions may be any JavaScript, and their text is not read. Such a model runs as actors, and only so; both derivatives
   * must be stated, and its cost and its formula stay unknown. Default false.
   */
  readonly opaque?: boolean;
}

/** Makes a population: `leakyTanh(50, { tau: 10, initial: 0.1 })`. */
export type PopulationMaker<P extends Numbers> = (
  size: number,
  options?: Partial<{ readonly [K in keyof P]: number }> & { readonly initial?: number | readonly number[] },
) => Population;

/** What every view has, whatever the model. */
const COMMON = { h: 'own state', u: 'summed input' } as const satisfies ViewShape;
/** Names that no parameter may have: these, and what every population takes beside its model's parameters. */
const OWN_NAMES = [...Object.keys(COMMON), 'initial'];

const made = register<Population>();

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
      'call its maker for another size or other parameters, leakyTanh(50, { tau: 5 }), or make the model with neuronModel',
  );
}

/**
 * Defines a neuron model: a local function from summed input and own rate to the new rate.
 *
 * Its two derivatives, which make BPTT and RTRL exact, are derived from its text, or stated. Both kinds are tried here, at once, and again
 * with the parameters of each population: a slope that is not the slope of the rate, or not finite where that is, is an error and not a
 * wrong gradient. Where the rate calls `spike` or `detach`, both are derived, and only tried for being finite: no difference measures them.
 *
 * @example
 * const leakySquare = neuronModel({
 *   name: 'leaky-square',
 *   params: { tau: 10 },
 *   rate: ({ h, u, tau }) => h + (u * u - h) / tau,
 * });
 *
 * @throws InputError if a name is taken, a default is not a finite number, a derivative is wrong, or is stated where the rate calls `spike`
 * or `detach`, or, with line and column, where a function is not in the local language.
 */
export function neuronModel<P extends Numbers>(definition: ModelDefinition<P>): PopulationMaker<P> {
  onlyFields('neuronModel', definition, ['name', 'params', 'range', 'rate', 'slope', 'retention', 'opaque']);
  // Each field is read once: a getter could give another value the next time.
  const taken = copied(definition, () => false);
  const { name } = taken;
  const place = `neuron model '${name}'`;
  checkLocalName('neuron model', name);
  const defaults = takeNumbers(`${place}.params`, taken.params, OWN_NAMES);
  const range = new Map(Object.entries<readonly [number, number] | undefined>(taken.range ?? {}));
  const model = taken.opaque === true ? opaqueModel(place, taken) : readModel(place, taken);
  const { spikes, detached } = model.analysis?.surrogates ?? { spikes: 0, detached: 0 };
  const derived = {
    stated: (['slope', 'retention'] as const).filter((field) => taken[field]),
    surrogate: spikes + detached > 0,
  };
  checkDerivatives(place, model, derived, defaults);
  return (size, options = {}) => {
    const { initial = 0, ...given } = options;
    checkSize(place, size);
    for (const [key, value] of Object.entries<unknown>(given)) {
      if (typeof value !== 'object' || value === null) continue;
      const right = 'give one number for all neurons of a population, and make a population for each value';
      throw new InputError(`${place}.${key}`, `${show(value)} is not a number; ${right}`);
    }
    const params = withDefaults(place, defaults, given);
    for (const [key, value] of Object.entries(params)) {
      const [low, high] = range.get(key) ?? [-Infinity, Infinity];
      if (value < low || value > high) {
        const hint = key === 'tau' && value > 0 && value < low ? '; tau is in timesteps: give tau / dt' : '';
        throw new InputError(`${place}.${key}`, `${show(value)} is outside its range, ${low} to ${high}${hint}`);
      }
    }
    if (typeof initial !== 'number' && (typeof (initial as unknown) !== 'object' || (initial as unknown) === null)) {
      throw new InputError(
        `${place}.initial`,
        `${show(initial)} is not a number; give one, or a list with one for each neuron`,
      );
    }
    const rates = typeof initial === 'number' ? [initial] : Array.from(initial);
    if (typeof initial !== 'number' && rates.length !== size) {
      throw new InputError(
        `${place}.initial`,
        `has ${rates.length} rates for ${size} neurons; give one, or one for each`,
      );
    }
    const wrong = rates.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new InputError(`${place}.initial`, `${show(wrong)} is not a finite number`);
    checkDerivatives(place, model, derived, params);
    return made.enter({ size, model, params, initial: typeof initial === 'number' ? initial : rates });
  };
}

/** Input neurons: at each timestep their rates are the task's input x(t). */
export function input(size: number): Population {
  checkSize('input', size);
  return made.enter({ size, params: {}, initial: 0 });
}

/** A model as its definition states it. @throws InputError if a derivative is missing. */
function opaqueModel<P extends Numbers>(
  place: string,
  { name, rate, slope, retention }: ModelDefinition<P>,
): NeuronModel {
  if (slope && retention) return { name, rate, slope, retention };
  const missing = slope ? 'retention' : 'slope';
  throw new InputError(`${place}.${missing}`, 'cannot be derived from an opaque rate; state it, or leave out opaque');
}

/** A model read from its text and compiled from what was read, its derivatives derived where they are not stated. */
function readModel<P extends Numbers>(place: string, definition: ModelDefinition<P>): NeuronModel {
  const params = Object.fromEntries(Object.keys(definition.params).map((name) => [name, 'parameter' as const]));
  const expected = { shape: { ...params, ...COMMON } };
  const rate = readLocal(place, 'rate', definition.rate, expected);
  const { spikes, detached } = rate.surrogates;
  const derivatives = { slope: 'u', retention: 'h' } as const;
  const [slope, retention] = (['slope', 'retention'] as const).map((field) => {
    const stated = definition[field];
    if (stated && spikes + detached > 0) {
      const surrogate = spikes > 0 ? 'the psi of spike(x, psi)' : 'detach(x)';
      throw new InputError(
        `${place}.${field}`,
        `is stated, but the rate declares its derivative itself, by ${surrogate}; leave ${field} out to have it derived from that`,
      );
    }
    return stated ? readLocal(place, field, stated, expected) : rate.derivative(field, derivatives[field]);
  });
  return {
    name: definition.name,
    rate: rate.compileNumber(),
    slope: slope.compileNumber(),
    retention: retention.compileNumber(),
    analysis: new Analysis([rate, slope, retention], 1, LETTERS),
  };
}
/** The most neurons of a population: a slip in an option must not fill the memory. */
const LARGEST = 10_000_000;

function checkSize(place: string, size: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST) return;
  throw new InputError(`${place} size`, `${show(size)} is not a whole number of neurons, 1 to ${LARGEST}`);
}
