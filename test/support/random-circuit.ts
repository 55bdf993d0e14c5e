import fc from 'fast-check';
import {
  build,
  circuit,
  mask,
  probability,
  type Axon,
  type Broadcast,
  type BuiltCircuit,
  type Circuit,
  type Connectivity,
  type Feedback,
  type SynapseGroup,
  type TraceDials,
  type Traces,
  type WeightDials,
} from '../../src/circuit/index.ts';
import { sqrt } from '../../src/local/index.ts';
import { input, leakyRelu, leakyTanh, linear, neuronModel, type Population } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { kolenPollackFeedback, type PlasticityRule } from '../../src/rules/index.ts';
import { detachedReset, reset, stepUnit } from './models.ts';
import { anyRules } from './rules.ts';

/** A model of the tests' own, as unlike the library's as can be: its slope depends on h, and its retention on u and h. */
export const gated = neuronModel({
  name: 'gated',
  params: { tau: 3, gain: 0.8 },
  rate: ({ h, u, tau, gain }) => {
    const soft = u / sqrt(1 + u * u);
    const gate = 1 + (gain * h) / sqrt(1 + h * h);
    return h + (soft * gate - h) / tau;
  },
});

const makers = {
  tanh: (size, initial) => leakyTanh(size, { tau: 2.5, initial }),
  relu: (size, initial) => leakyRelu(size, { tau: 3, below: 0.2, initial }),
  linear: (size, initial) => linear(size, { initial }),
  gated: (size, initial) => gated(size, { initial }),
  step: (size, initial) => stepUnit(size, { tau: 3, theta: 0.2, initial }),
  reset: (size, initial) => reset(size, { initial }),
  detachedReset: (size, initial) => detachedReset(size, { initial }),
} satisfies Record<string, (size: number, initial: number) => Population>;

/** Dials on a group's weights. */
export const weightDials = {
  free: {},
  bounded: { bounds: [-0.5, 0.4] },
  coarse: { bounds: [-1, 0.7], bits: 4 },
  binary: { bounds: [-0.5, 0.5], bits: 1 },
  partly: { plastic: 0.5 },
  everything: { bounds: [-0.3, 0.3], bits: 6, plastic: 0.7 },
  tuned: { bounds: [-0.5, 0.4], plastic: 0.7, tunable: ['bounds', 'plastic'] },
} satisfies Record<string, WeightDials>;

/** Those that recipes turn; what may be tuned is tried elsewhere. */
const weightDialNames = ['free', 'bounded', 'coarse', 'binary', 'partly', 'everything'] as const;

/** Dials on feedback weights. */
export const feedbackDials = {
  free: {},
  held: { angle: 50 },
  aligned: { angle: 0 },
  across: { angle: 90, sparsity: 0.3 },
  signs: { bits: 1, sparsity: 0.4 },
  concordant: { angle: 0, bits: 1 },
  coarse: { angle: 20, bits: 5, range: 0.8 },
  relearned: { rule: kolenPollackFeedback({ eta: 0.5, decay: 0.1 }) },
  relearnedCoarsely: { rule: kolenPollackFeedback({ eta: 0.5, decay: 0.1 }), bits: 4, sparsity: 0.4 },
} satisfies Record<string, Partial<Feedback>>;

const feedbackDialNames = [
  ...([
    'free',
    'held',
    'aligned',
    'across',
    'signs',
    'concordant',
    'coarse',
    'relearned',
    'relearnedCoarsely',
  ] as const),
];

/** Dials on the broadcast error. */
export const broadcastDials = {
  plain: undefined,
  late: { delay: 2 },
  rare: { every: 2 },
  lossy: { drop: 0.4 },
  coarse: { bits: 3, range: 1.5, threshold: 0.2 },
  everything: { threshold: 0.1, bits: 1, every: 2, drop: 0.3, delay: 1 },
  tuned: { threshold: 0.05, bits: 4, range: 1.5, drop: 0.2, tunable: ['threshold', 'range', 'drop'] },
} satisfies Record<string, Broadcast | undefined>;

const broadcastDialNames = ['plain', 'late', 'rare', 'lossy', 'coarse', 'everything'] as const;

interface RandomFeedback {
  readonly from: number;
  readonly to: number;
  readonly weights: keyof typeof feedbackDials;
  readonly broadcast: keyof typeof broadcastDials;
  /** Has the weights of the first feedback, where that is of the same shape. */
  readonly shares: boolean;
}
/** Dials on what a population's axons send. */
export const axonDials = {
  free: {},
  late: { delay: 2 },
  events: { threshold: 0.05 },
  coarse: { bits: 3, range: 0.8 },
  signs: { bits: 1 },
  noisy: { noise: 0.2 },
  everything: { threshold: 0.1, bits: 5, range: 2, noise: 0.5, delay: 1 },
  tuned: { threshold: 0.05, bits: 4, range: 1.5, noise: 0.1, tunable: ['threshold', 'noise', 'range'] },
  tunedNoise: { noise: 0.2, tunable: ['noise'] },
} satisfies Record<string, Axon>;

const axonDialNames = ['free', 'late', 'events', 'coarse', 'signs', 'noisy', 'everything'] as const;

/** Of these, those that an exact gradient runs through. */
const exactAxons: readonly (keyof typeof axonDials)[] = ['free', 'late'];

/** Dials on the traces of a group's rule; what the rule has nothing for is left out. */
export const traceDials = {
  free: undefined,
  momentary: 'none',
  slow: { timeConstant: 7 },
  coarse: { bits: 4, range: 0.5 },
  signs: { bits: 1, range: 0.3 },
  kept: { keep: true },
  everything: { timeConstant: 3, bits: 9, keep: true },
  tunedSlow: { timeConstant: 5, tunable: ['timeConstant'] },
  tuned: { timeConstant: 4, bits: 9, range: 0.8, tunable: ['timeConstant', 'range'] },
} satisfies Record<string, Traces | undefined>;

const traceDialNames = ['free', 'momentary', 'slow', 'coarse', 'signs', 'kept', 'everything'] as const;

interface RandomPopulation {
  readonly model: keyof typeof makers;
  readonly size: number;
  readonly initial: number;
  /** Dale's law; null: any sign. */
  readonly excitatory: number | null;
  readonly axon: keyof typeof axonDials;
}

interface RandomGroup {
  /** Places in the list of populations, taken modulo its length. */
  readonly from: number;
  readonly to: number;
  readonly delay: number;
  readonly joins: 'all' | 'mask' | 'probability';
  readonly rule: keyof typeof anyRules;
  /** Null: no rule. */
  readonly rate: number | null;
  readonly held: keyof typeof weightDials;
  readonly traces: keyof typeof traceDials;
  /** The place of the population that gates it, which says which of its neurons, too; null: none does. */
  readonly gate: number | null;
}

/** What a random circuit and its trial are made of: plain data, so that a counterexample can be read. */
export interface Recipe {
  readonly inputs: readonly number[];
  /** For each input population, taken modulo their number. */
  readonly inputAxons: readonly (keyof typeof axonDials)[];
  readonly hidden: readonly RandomPopulation[];
  readonly outputs: readonly RandomPopulation[];
  readonly groups: readonly RandomGroup[];
  readonly feedback: readonly RandomFeedback[];
  /** Declares the populations from the last to the first, so that the order of running is not that of declaring. */
  readonly backwards: boolean;
  readonly timesteps: number;
  readonly seed: number;
}

const population = (
  size: fc.Arbitrary<number>,
  models: readonly (keyof typeof makers)[],
  dialled: boolean,
): fc.Arbitrary<RandomPopulation> =>
  fc.record({
    model: fc.constantFrom(...models),
    size,
    initial: fc.integer({ min: -5, max: 5 }).map((tenths) => tenths / 10),
    excitatory: dialled ? fc.constantFrom(null, null, 0, 0.5, 1) : fc.constant(null),
    axon: dialled ? fc.constantFrom(...axonDialNames) : fc.constant('free'),
  });

/** How far random circuits go. */
export interface Reach {
  /** The largest hidden population. */
  readonly hidden: fc.Arbitrary<number>;
  readonly inputs: fc.Arbitrary<number>;
  readonly outputs: fc.Arbitrary<number>;
  readonly delays: fc.Arbitrary<number>;
  readonly timesteps: fc.Arbitrary<number>;
  /** The models that neurons may have; by default those whose rate is differentiable nearly everywhere. */
  readonly models: readonly (keyof typeof makers)[];
  /** The rules that groups may have. */
  readonly rules: readonly (keyof typeof anyRules)[];
  /** Whether dials are turned. */
  readonly dialled: boolean;
}

const upTo = (max: number) => fc.integer({ min: 1, max });

/** Stacks and loops of up to three hidden populations, up to two outputs, doubled groups, late or not, sparse or not. */
export function recipesWithin(reach: Partial<Reach>): fc.Arbitrary<Recipe> {
  const { hidden = upTo(5), inputs = upTo(3), outputs = upTo(2) } = reach;
  const { models = ['tanh', 'relu', 'linear', 'gated'] } = reach;
  const { delays = fc.nat(3), timesteps = upTo(7), rules = ['rflo'], dialled = false } = reach;
  return fc.record({
    inputs: fc.array(inputs, { maxLength: 2 }),
    inputAxons: dialled
      ? fc.array(fc.constantFrom(...axonDialNames), { minLength: 1, maxLength: 2 })
      : fc.constant(['free']),
    hidden: fc.array(population(hidden, models, dialled), { minLength: 1, maxLength: 3 }),
    outputs: fc.array(population(outputs, models, dialled), { minLength: 1, maxLength: 2 }),
    groups: fc.array(
      fc.record({
        from: fc.nat(30),
        to: fc.nat(30),
        delay: delays,
        joins: fc.constantFrom('all', 'mask', 'probability'),
        rule: fc.constantFrom(...rules),
        rate: fc.constantFrom(1, 0.5, 0, null),
        held: dialled ? fc.constantFrom(...weightDialNames) : fc.constant('free'),
        traces: dialled ? fc.constantFrom(...traceDialNames) : fc.constant('free'),
        gate: dialled ? fc.option(fc.nat(30), { freq: 2 }) : fc.constant(null),
      }),
      { maxLength: 8 },
    ),
    feedback: fc.array(
      fc.record({
        from: fc.nat(30),
        to: fc.nat(30),
        weights: dialled ? fc.constantFrom(...feedbackDialNames) : fc.constant('free'),
        broadcast: dialled ? fc.constantFrom(...broadcastDialNames) : fc.constant('plain'),
        shares: dialled ? fc.boolean() : fc.constant(false),
      }),
      { maxLength: 3 },
    ),
    backwards: fc.boolean(),
    timesteps,
    seed: fc.nat(1_000_000),
  });
}

/** Small ones, with delays 0 to 3, that learn by RFLO. */
export const recipes: fc.Arbitrary<Recipe> = recipesWithin({});

/**
 * The recipe without what no reference learns with: input neurons may send what they like, and all others their rates, as an exact gradient
 * must run through them; no group is gated; and no feedback is relearned.
 */
export function exact(recipe: Recipe): Recipe {
  const plain = (populations: Recipe['hidden']): Recipe['hidden'] =>
    populations.map((each) => (exactAxons.includes(each.axon) ? each : { ...each, axon: 'free' }));
  const feedback = recipe.feedback.map((entry) =>
    'rule' in feedbackDials[entry.weights] ? { ...entry, weights: 'held' as const } : entry,
  );
  const groups = recipe.groups.map((group) => ({ ...group, gate: null }));
  return { ...recipe, hidden: plain(recipe.hidden), outputs: plain(recipe.outputs), groups, feedback };
}

/** Cooks a recipe: the circuit, its numbers, and a trial of random input and target. */
export function cook(recipe: Recipe): { circuit: Circuit; built: BuiltCircuit; trial: Trial } {
  const definition = circuitOf(recipe);
  const built = build(definition, recipe.seed);
  return { circuit: definition, built, trial: randomTrial(built, recipe.timesteps, recipe.seed) };
}

/** A trial of random input and target; of odd seeds, a target with samples missing. */
export function randomTrial({ inputs, outputs }: BuiltCircuit, timesteps: number, seed: number): Trial {
  const width = (populations: readonly { readonly size: number }[]) => populations.reduce((n, { size }) => n + size, 0);
  const random = stream(seed, 'signals');
  const signals = (channels: number) => Float64Array.from({ length: timesteps * channels }, () => 2 * random() - 1);
  const chance = stream(seed, 'missing');
  const missing = (value: number) => (seed % 2 === 1 && chance() < 0.3 ? NaN : value);
  return { timesteps, input: signals(width(inputs)), target: signals(width(outputs)).map(missing) };
}

const PLAIN = { delay: 0, joins: 'all', rule: 'rflo', rate: 1, held: 'free', traces: 'free', gate: null } as const;

function circuitOf({ inputs, inputAxons, hidden, outputs, groups, feedback, backwards }: Recipe): Circuit {
  const modelled = [...hidden, ...outputs].map(({ model, size, initial }) => makers[model](size, initial));
  const all = [...inputs.map((size) => input(size)), ...modelled];
  const names = [...inputs.map((_, i) => `x${i}`), ...hidden.map((_, i) => `h${i}`), ...outputs.map((_, i) => `y${i}`)];
  const first = { hidden: inputs.length, output: inputs.length + hidden.length };

  // Every circuit has a way from its input through a hidden population to each output; the rest is chance.
  const ways = [
    ...inputs.map((_, i) => ({ ...PLAIN, from: i, to: first.hidden })),
    ...outputs.map((_, k) => ({ ...PLAIN, from: first.hidden, to: first.output + k })),
    ...groups.map((group) => ({
      ...group,
      from: group.from % all.length,
      to: first.hidden + (group.to % modelled.length),
    })),
  ];
  const synapses = ways.map(({ from, to, delay, joins, rule, rate, held, traces, gate }, g): [string, SynapseGroup] => [
    `g${g}`,
    {
      from: names[from],
      to: names[to],
      weights: normal({ sd: 0.6 * Math.min(1, Math.sqrt(5 / all[from].size)) }),
      delay: from >= to ? Math.max(1, delay) : delay,
      ...(joins !== 'all' && { connect: connectivity(joins, all[to].size, all[from].size, g) }),
      ...weightDials[held],
      ...(rate !== null && learning(anyRules[rule]({ eta: rate }), traces)),
      ...(gate !== null && { gate: { from: names[gate % all.length], neuron: gate % all[gate % all.length].size } }),
    },
  ]);
  const ends = feedback.map(({ from, to }) => {
    const [sender, receiver] = [first.output + (from % outputs.length), first.hidden + (to % hidden.length)];
    const shape = [all[sender].size, all[receiver].size].join();
    return { shape, sender, receiver, readout: ways.some((way) => way.from === receiver && way.to === sender) };
  });
  const fed = feedback.map(({ weights, broadcast, shares }, f): [string, Feedback] => {
    const { sender, receiver, readout, shape } = ends[f];
    // Without a readout there is nothing to hold an angle to.
    const dials = 'angle' in feedbackDials[weights] && !readout ? {} : feedbackDials[weights];
    const sent = broadcastDials[broadcast];
    return [
      `f${f}`,
      {
        ...{ from: names[sender], to: names[receiver] },
        ...(shares && f > 0 && shape === ends[0].shape ? { shares: 'f0' } : { weights: normal({ sd: 1 }), ...dials }),
        ...(sent && { broadcast: sent }),
      },
    ];
  });
  const neurons = names.map((name, i): [string, Population] => [name, all[i]]);
  return circuit({
    neurons: Object.fromEntries(backwards ? neurons.reverse() : neurons),
    synapses: Object.fromEntries(synapses),
    feedback: Object.fromEntries(fed),
    axons: Object.fromEntries([
      ...inputs.map((_, i): [string, Axon] => [names[i], axonDials[inputAxons[i % inputAxons.length]]]),
      ...[...hidden, ...outputs].map(({ excitatory, axon }, i): [string, Axon] => [
        names[first.hidden + i],
        { ...axonDials[axon], ...(excitatory !== null && { excitatory }) },
      ]),
    ]),
    outputs: names.slice(first.output),
  });
}

/** A group's rule, and of the dials on its traces those that it has something for. */
export function learning(rule: PlasticityRule, name: keyof typeof traceDials): Pick<SynapseGroup, 'rule' | 'traces'> {
  const traces = traceDials[name];
  const reads = rule.analysis?.function('trace')?.reads.map(({ path }) => path);
  if (traces === undefined || reads === undefined) return { rule };
  if (typeof traces === 'string' || !('timeConstant' in traces) || reads.includes('post.retention'))
    return { rule, traces };
  const { timeConstant: _, ...others }: TraceDials = traces;
  const { tunable, ...kept } = others;
  const rest = tunable?.filter((dial) => dial !== 'timeConstant');
  return { rule, traces: { ...kept, ...(rest && { tunable: rest }) } };
}

function connectivity(joins: 'mask' | 'probability', rows: number, columns: number, salt: number): Connectivity {
  if (joins === 'probability') return probability(0.6, { autapses: false });
  return mask(
    Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => (7 * i + 5 * j + salt) % 3 > 0)),
  );
}
