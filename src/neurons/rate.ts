import { InputError, onlyFields } from '../errors/index.ts';
import {
  Analysis,
  checkLocalName,
  copied,
  frozen,
  ownFunctions,
  readLocal,
  takeNumbers,
  tunableNames,
  type LocalFunction,
  type Numbers,
  type OwnFunctions,
  type ViewShape,
} from '../local/index.ts';
import { checkDerivatives } from './check-derivatives.ts';
import { LETTERS } from './letters.ts';
import type { Computed, NeuronModel, NeuronRead } from './model.ts';
import {
  checkedInitial,
  checkedParameters,
  checkSize,
  makePopulation,
  type GivenParameters,
  type Parameter,
  type Population,
} from './population.ts';

/** What a model of rate units sees: its own previous rate `h`, its summed input `u`, and its parameters. */
export type NeuronView<P extends Numbers> = P & { readonly h: number; readonly u: number };

/** The definition of a model of rate units. */
export interface ModelDefinition<P extends Numbers> {
  readonly name: string;
  /** Parameters and their defaults. */
  readonly params: P;
  /** The range of a parameter, ends included. */
  readonly range?: { readonly [K in keyof P]?: readonly [number, number] };
  /** Parameters that may change while a session runs (`session.tune`, `overTrials`), unless a population says otherwise. */
  readonly tunable?: readonly NoInfer<keyof P>[];
  /** Functions of numbers that the texts here may call besides rxflo's, by the names that they call them by: `{ f: (u, gain) => tanh(gain * u) }`. */
  readonly functions?: OwnFunctions;
  readonly rate: (view: NeuronView<P>) => number;
  /** dh(t)/du(t). Absent: derived from `rate`, as it must be if the rate calls `spike` or `detach`. */
  readonly slope?: (view: NeuronView<P>) => number;
  /** dh(t)/dh(t-1), u(t) held fixed. Absent: derived from `rate`. */
  readonly retention?: (view: NeuronView<P>) => number;
  /**
   * True: the functions may be any JavaScript, and their text is not read. Such a model runs only on actors; both derivatives must
   * be stated, and its cost and formula are unknown. Default false.
   */
  readonly opaque?: boolean;
}

/** Makes a population: `leakyTanh(50, { tau: 10, initial: 0.1 })`. */
export type PopulationMaker<P extends Numbers> = (
  size: number,
  options?: GivenParameters<P> & { readonly initial?: number | ArrayLike<number> },
) => Population;

/** What every view has, whatever the model. */
const COMMON = { h: 'own state', u: 'summed input' } as const satisfies ViewShape;
/** Names that no parameter may have: these, and the options of every population besides its model's parameters. */
const OWN_NAMES = [...Object.keys(COMMON), 'initial', 'tunable'];
const READINGS = {
  h: { of: 'own', name: 'rate', late: 1 },
  u: { of: 'port', name: 'potential' },
} as const satisfies Readonly<Record<string, NeuronRead>>;

const FIELDS = ['name', 'params', 'range', 'tunable', 'functions', 'rate', 'slope', 'retention', 'opaque'];

/**
 * Defines a model of rate units: a local function from summed input and own rate to the new rate. `neuron` defines any other neuron.
 *
 * Its two derivatives, which make BPTT and RTRL exact, are derived from its text, or stated. Both kinds are checked here, and again with the
 * parameters of each population, so that a slope that is not the slope of the rate, or not finite where the rate's is, gives an error rather
 * than a wrong gradient. If the rate calls `spike` or `detach`, both are derived, and only checked to be finite: differences cannot measure them.
 *
 * @example
 * const leakySquare = neuronModel({
 *   name: 'leaky-square',
 *   params: { tau: 10 },
 *   rate: ({ h, u, tau }) => h + (u * u - h) / tau,
 * });
 *
 * @throws InputError if a name is taken, a default is not a finite number, a derivative is wrong, or is stated although the rate calls `spike`
 * or `detach`, or, with line and column, where a function is not in the local language.
 */
export function neuronModel<P extends Numbers>(definition: ModelDefinition<P>): PopulationMaker<P> {
  onlyFields('neuronModel', definition, FIELDS);
  // Each field is read once: a getter could give another value the next time.
  const taken = copied(definition, () => false);
  const { name } = taken;
  const place = `neuron model '${name}'`;
  checkLocalName('neuron model', name);
  const defaults = takeNumbers(`${place}.params`, taken.params, OWN_NAMES);
  const ranges = new Map(
    Object.entries<readonly [number, number] | undefined>(taken.range ?? {}).flatMap(([key, range]) =>
      range ? [[key, range] as const] : [],
    ),
  );
  const named = tunableNames(`${place}.tunable`, defaults, taken.tunable ?? []);
  const { model, functions } = frozen(taken.opaque === true ? opaqueModel(place, taken) : readModel(place, taken));
  const { spikes, detached } = model.analysis?.surrogates ?? { spikes: 0, detached: 0 };
  const derived = {
    stated: (['slope', 'retention'] as const).filter((field) => taken[field]),
    surrogate: spikes + detached > 0,
  };
  // Most populations have the numbers that were checked last.
  let tried = '';
  const tryNumbers = (numbers: Numbers) => {
    const these = JSON.stringify(numbers);
    if (these !== tried) checkDerivatives(place, functions, derived, numbers);
    tried = these;
  };
  tryNumbers(defaults);
  return (size, options = {}) => {
    const { initial = 0, tunable = named, ...given } = options;
    checkSize(place, size);
    const parameters = checkedParameters(place, defaults, { ...given, tunable }, { size, ranges });
    const rates = checkedInitial(`${place}.initial`, initial, size);
    for (const numbers of samples(parameters.params, size)) tryNumbers(numbers);
    return makePopulation({ size, model, ...parameters, initial: { rate: rates } });
  };
}

interface Functions {
  rate(this: void, view: NeuronView<Numbers>): number;
  slope(this: void, view: NeuronView<Numbers>): number;
  retention(this: void, view: NeuronView<Numbers>): number;
}

interface Read {
  readonly model: NeuronModel;
  readonly functions: Functions;
}

/** An opaque model, as its definition states it. @throws InputError if a derivative is missing. */
function opaqueModel<P extends Numbers>(place: string, definition: ModelDefinition<P>): Read {
  const { rate, slope, retention } = definition;
  if (slope && retention) {
    const functions: Functions = { rate, slope, retention };
    const computed = (field: keyof Functions): Computed => {
      const opaque: (view: never) => number = functions[field];
      return { opaque };
    };
    return { model: modelOf(definition, computed), functions };
  }
  const missing = slope ? 'retention' : 'slope';
  throw new InputError(`${place}.${missing}`, 'cannot be derived from an opaque rate; state it, or leave out opaque');
}

/** A model read from its text and compiled from what was read, its derivatives derived unless they are stated. */
function readModel<P extends Numbers>(place: string, definition: ModelDefinition<P>): Read {
  const params = Object.fromEntries(Object.keys(definition.params).map((name) => [name, 'parameter' as const]));
  const expected = { shape: { ...params, ...COMMON }, callable: ownFunctions(place, definition.functions) };
  const rate = readLocal(place, 'rate', definition.rate, expected);
  const { spikes, detached } = rate.surrogates;
  const derived = (field: 'slope' | 'retention', by: 'u' | 'h'): LocalFunction => {
    const stated = definition[field];
    if (stated && spikes + detached > 0) {
      const surrogate = spikes > 0 ? 'the psi of spike(x, psi)' : 'detach(x)';
      throw new InputError(
        `${place}.${field}`,
        `is stated, but the rate declares its derivative itself, by ${surrogate}; leave ${field} out to have it derived from that`,
      );
    }
    return stated ? readLocal(place, field, stated, expected) : rate.derivative(field, by);
  };
  const locals = { rate, slope: derived('slope', 'u'), retention: derived('retention', 'h') };
  const { slope, retention } = locals;
  return {
    model: {
      ...modelOf(definition, (field) => ({ local: locals[field] })),
      analysis: new Analysis([rate, slope, retention], 1, LETTERS),
    },
    functions: {
      rate: rate.compileNumber(),
      slope: slope.compileNumber(),
      retention: retention.compileNumber(),
    },
  };
}

function modelOf<P extends Numbers>(
  { name, params }: ModelDefinition<P>,
  computed: (field: 'rate' | 'slope' | 'retention') => Computed,
): NeuronModel {
  const parameters = Object.keys(params);
  return {
    name,
    params: parameters,
    ports: [{ name: 'potential', here: 'potential' }],
    pools: [],
    equations: [{ name: 'rate', kind: 'state', computed: computed('rate') }],
    derivatives: [
      { name: 'slope', of: 'rate', by: 'potential', late: 0, computed: computed('slope') },
      { name: 'retention', of: 'rate', by: 'rate', late: 1, computed: computed('retention') },
    ],
    readings: { ...Object.fromEntries(parameters.map((each) => [each, { of: 'parameter' as const }])), ...READINGS },
    messages: { rate: 'rate' },
    shows: { rate: 'rate', slope: 'slope', retention: 'retention' },
    initial: { rate: 0 },
  };
}

/** How many neurons' parameters are checked if each neuron has its own. */
const TRIED = 16;

/** The parameters of some neurons, as far as they are known without a seed. */
function samples(params: Readonly<Record<string, Parameter>>, size: number): readonly Numbers[] {
  const isList = Object.values(params).some((value) => typeof value !== 'number' && !('kind' in value));
  const neurons = Array.from({ length: isList ? Math.min(size, TRIED) : 1 }, (_, k) => k);
  return neurons.map((k) =>
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name, numberOf(value, k)])),
  );
}

function numberOf(value: Parameter, neuron: number): number {
  if (typeof value === 'number') return value;
  if (!('kind' in value)) return value[neuron];
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'uniform':
      return (value.low + value.high) / 2;
    case 'normal':
      return value.mean;
  }
}
