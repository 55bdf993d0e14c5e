import { InputError, show } from '../errors/index.ts';
import { checkLocalName, checkNumbers, withDefaults, type Numbers } from '../local/index.ts';

/** What a neuron model sees: its own previous rate `h`, its summed input `u`, and its parameters. */
export type NeuronView<P extends Numbers> = P & { readonly h: number; readonly u: number };

/** A local function from summed input and own rate to the new rate, with the two derivatives that learning needs. */
export interface NeuronModel {
  readonly name: string;
  /** The new rate h(t), from h = h(t-1) and the summed input u = u(t). */
  rate(view: NeuronView<Numbers>): number;
  /** dh(t)/du(t). */
  slope(view: NeuronView<Numbers>): number;
  /** dh(t)/dh(t-1), u(t) held fixed. */
  retention(view: NeuronView<Numbers>): number;
}

/** Neurons of one model that share its parameters. */
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
  readonly slope: (view: NeuronView<P>) => number;
  readonly retention: (view: NeuronView<P>) => number;
}

/** Makes a population: `leakyTanh(50, { tau: 10, initial: 0.1 })`. */
export type PopulationMaker<P extends Numbers> = (
  size: number,
  options?: Partial<{ readonly [K in keyof P]: number }> & { readonly initial?: number | readonly number[] },
) => Population;

/** What every view has, and what every population takes beside its model's parameters. */
const OWN_NAMES = ['h', 'u', 'initial'];

/**
 * Defines a neuron model: a local function from summed input and own rate to the new rate.
 *
 * The derivatives are what makes BPTT and RTRL exact, so they are checked against finite differences here,
 * at once: a slope that is not the slope of the rate is an error, not a wrong gradient.
 *
 * @example
 * const leakySquare = neuronModel({
 *   name: 'leaky-square',
 *   params: { tau: 10 },
 *   rate: ({ h, u, tau }) => h + (u * u - h) / tau,
 *   slope: ({ u, tau }) => (2 * u) / tau,
 *   retention: ({ tau }) => 1 - 1 / tau,
 * });
 *
 * @throws InputError if a name is taken, a default is no finite number, or a derivative is wrong.
 */
export function neuronModel<P extends Numbers>(definition: ModelDefinition<P>): PopulationMaker<P> {
  const { name, params: defaults, range } = definition;
  const place = `neuron model '${name}'`;
  checkLocalName('neuron model', name);
  checkNumbers(`${place}.params`, defaults, OWN_NAMES);
  const model: NeuronModel = definition;
  checkDerivatives(place, model, defaults);
  return (size, options = {}) => {
    const { initial = 0, ...given } = options;
    if (!Number.isInteger(size) || size < 1) {
      throw new InputError(`${place} size`, `${show(size)} is not a whole number of neurons, 1 or more`);
    }
    const params = withDefaults(place, defaults, given);
    for (const [key, value] of Object.entries(params)) {
      const [low, high] = range?.[key] ?? [-Infinity, Infinity];
      if (value < low || value > high) {
        throw new InputError(`${place}.${key}`, `${show(value)} is outside its range, ${low} to ${high}`);
      }
    }
    const rates = typeof initial === 'number' ? [initial] : initial;
    if (typeof initial !== 'number' && rates.length !== size) {
      throw new InputError(
        `${place}.initial`,
        `has ${rates.length} rates for ${size} neurons; give one, or one for each`,
      );
    }
    const wrong = rates.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new InputError(`${place}.initial`, `${show(wrong)} is not a finite number`);
    return { size, model, params, initial };
  };
}

/** Input neurons: at each timestep their rates are the task's input x(t). */
export function input(size: number): Population {
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError('input size', `${show(size)} is not a whole number of neurons, 1 or more`);
  }
  return { size, params: {}, initial: 0 };
}

/** Where the derivatives are compared with central differences: off the whole numbers, where models have their kinks. */
const PROBES = [-2.3, -0.7, -0.13, 0.19, 0.61, 1.7];
const STEP = 1e-5;

function checkDerivatives(place: string, model: NeuronModel, params: Numbers): void {
  const compare = (field: 'slope' | 'retention', by: 'u' | 'h', view: NeuronView<Numbers>) => {
    const stated = model[field](view);
    const measured =
      (model.rate({ ...view, [by]: view[by] + STEP }) - model.rate({ ...view, [by]: view[by] - STEP })) / (2 * STEP);
    if (!(Math.abs(stated - measured) <= 1e-5 * Math.max(1, Math.abs(measured)))) {
      throw new InputError(
        `${place}.${field}`,
        `gives ${stated} at u = ${view.u}, h = ${view.h}, where the rate's derivative by ${by} is ${measured.toPrecision(8)}`,
      );
    }
  };
  for (const u of PROBES) {
    for (const h of PROBES) {
      compare('slope', 'u', { ...params, h, u });
      compare('retention', 'h', { ...params, h, u });
    }
  }
}
