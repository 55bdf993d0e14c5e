import type * as rxflo from '../../../src/index.ts';
import type { Feature } from './features.ts';

/** A feature that the generator draws, by which the option is there; `in every circuit`; or why it is in none. */
type Shown = Feature | 'in every circuit' | { readonly not: string };
type OptionsOf<Definition> = Readonly<Record<keyof Definition & string, Shown>>;

/** Any numbers by name. */
type Any = Readonly<Record<string, number>>;
type KeysOfUnion<T> = T extends unknown ? keyof T & string : never;

const NO_KERNELS =
  'kernels are compiled from text, so opaque parts run as actors alone: test/locality/opaque-neurons.test.ts, test/actors';
const READ_INTO = 'read into the texts that call them, as if written out there: test/local/own-functions.test.ts';
const CALLED_BY_THE_TEST = 'what a test calls, and no part of a circuit: test/kernels/language.test.ts has every one';

/**
 * Every option of what a circuit is made of and how it learns, with the feature that has it. The types say what options there are: with another
 * one, this does not compile until it is drawn, or has a reason not to be.
 */
export const OPTIONS = {
  circuit: {
    neurons: 'in every circuit',
    synapses: 'in every circuit',
    feedback: 'in every circuit',
    axons: 'dials on axons',
    losses: 'losses of their own',
    globals: 'scalars of clocks',
    repeat: 'several sweeps',
    outputs: 'outputs in an order of their own',
  } satisfies OptionsOf<rxflo.CircuitDefinition<string, string, string>>,
  repeat: {
    times: 'several sweeps',
    until: 'sweeps until it has settled',
  } satisfies OptionsOf<rxflo.Repeat>,
  until: {
    population: 'sweeps until it has settled',
    value: 'sweeps until it has settled',
    moves: 'sweeps until it has settled',
  } satisfies OptionsOf<rxflo.Until>,
  'synapse group': {
    from: 'in every circuit',
    to: 'in every circuit',
    port: 'another port than the first',
    carries: 'another message than the first',
    weights: 'weights that are given',
    delay: 'delays of its own',
    connect: 'a gap',
    edges: 'edge by edge',
    rule: 'in every circuit',
    optimiser: 'an optimiser',
    traces: 'dials on traces',
    gate: 'a gate',
    bounds: 'dials on weights',
    bits: 'dials on weights',
    plastic: 'dials on weights',
    tunable: 'tunable dials on weights',
    learns: 'learns at once',
    evaluation: 'learns by history',
    also: 'transmits through its state',
  } satisfies OptionsOf<rxflo.SynapseGroup>,
  edges: {
    from: 'edge by edge',
    to: 'edge by edge',
    weights: 'weights that are given',
    delays: 'delays of its own',
  } satisfies Readonly<Record<Exclude<KeysOfUnion<rxflo.Edges>, KeysOfUnion<ArrayLike<rxflo.Edge>>>, Shown>>,
  'who is joined': {
    probability: 'a gap',
    mask: 'a gap',
    'one-to-one': 'one to one',
  } satisfies Readonly<Record<rxflo.Connectivity['kind'], Shown>>,
  gate: { from: 'a gate', neuron: 'a gate' } satisfies OptionsOf<rxflo.Gate>,
  traces: {
    timeConstant: 'dials on traces',
    bits: 'dials on traces',
    range: 'dials on traces',
    keep: 'dials on traces',
    tunable: 'tunable dials on traces',
  } satisfies OptionsOf<rxflo.TraceDials>,
  axon: {
    threshold: 'dials on axons',
    bits: 'dials on axons',
    range: 'dials on axons',
    noise: 'dials on axons',
    delay: 'late axons',
    excitatory: 'axons of one sign',
    tunable: 'tunable dials on axons',
  } satisfies OptionsOf<rxflo.Axon>,
  feedback: {
    from: 'in every circuit',
    to: 'in every circuit',
    weights: 'in every circuit',
    angle: 'feedback at an angle',
    sparsity: 'coarse feedback',
    bits: 'coarse feedback',
    range: 'coarse feedback',
    shares: 'shared feedback',
    rule: 'relearned feedback',
    optimiser: 'relearned feedback by an optimiser',
    broadcast: 'dials on the broadcast',
  } satisfies OptionsOf<rxflo.Feedback>,
  broadcast: {
    threshold: 'dials on the broadcast',
    bits: 'dials on the broadcast',
    range: 'dials on the broadcast',
    every: 'dials on the broadcast',
    drop: 'dials on the broadcast',
    delay: 'late errors',
    tunable: 'tunable dials on the broadcast',
  } satisfies OptionsOf<rxflo.Broadcast>,
  'global scalar': {
    clock: 'scalars of clocks',
    task: 'scalars of tasks',
    neuron: 'scalars of neurons',
  } satisfies Readonly<Record<rxflo.BuiltCircuit['globals'][number]['kind'], Shown>>,
  clock: {
    t: 'scalars of clocks',
    count: 'clocks that count the session',
    sweep: 'clocks that know the sweep',
    last: 'clocks that know the sweep',
  } satisfies OptionsOf<rxflo.Time>,
  'scalar of a neuron': {
    from: 'scalars of neurons',
    neuron: 'scalars of neurons',
    carries: 'scalars of neurons',
  } satisfies OptionsOf<rxflo.NeuronScalar>,
  neuron: {
    name: 'in every circuit',
    params: 'parameters for each neuron',
    range: 'in every circuit',
    tunable: 'tunable parameters of neurons',
    ports: 'several ports',
    state: 'several states',
    noise: 'noise of neurons',
    globals: 'neurons that read global scalars',
    functions: { not: READ_INTO },
    pools: 'pools',
    step: 'in every circuit',
    sends: 'several messages',
    axon: 'axons of events',
    shows: 'sees what its neuron shows',
  } satisfies OptionsOf<rxflo.NeuronDefinition<Any, string, Any, string, string, string, string, string>>,
  'rate unit': {
    name: 'in every circuit',
    params: 'parameters for each neuron',
    range: 'tunable parameters of neurons',
    tunable: 'tunable parameters of neurons',
    functions: { not: READ_INTO },
    rate: 'in every circuit',
    slope: 'stated derivatives',
    retention: 'stated derivatives',
    opaque: { not: NO_KERNELS },
  } satisfies OptionsOf<rxflo.ModelDefinition<Any>>,
  population: {
    size: 'in every circuit',
    model: 'in every circuit',
    params: 'parameters for each neuron',
    tunable: 'tunable parameters of neurons',
    initial: 'a first state for each neuron',
  } satisfies OptionsOf<rxflo.Population>,
  rule: {
    name: 'in every circuit',
    params: 'in every circuit',
    tunable: 'tunable parameters',
    sees: 'sees other messages of its axon',
    globals: 'reads global scalars',
    state: 'eligibility',
    functions: { not: READ_INTO },
    trace: 'dials on traces',
    change: 'in every circuit',
    after: 'keeps a copy of its weight',
    opaque: { not: NO_KERNELS },
  } satisfies OptionsOf<rxflo.RuleDefinition<string, Any, Any>>,
  'what is over the trials': {
    start: 'parameters over the trials',
    text: 'parameters over the trials',
    formula: { not: 'is for people to read: test/local' },
    at: 'parameters over the trials',
  } satisfies OptionsOf<rxflo.OverTrials>,
  optimiser: {
    name: 'an optimiser',
    params: 'an optimiser',
    tunable: 'an optimiser with tunable parameters',
    state: 'an optimiser',
    step: 'an optimiser',
  } satisfies OptionsOf<rxflo.OptimiserDefinition<string, Any, Any>>,
  loss: {
    name: 'losses of their own',
    sums: 'losses with sums',
    loss: 'losses of their own',
    error: 'stated errors',
  } satisfies OptionsOf<rxflo.LossDefinition<string>>,
  trial: {
    timesteps: 'in every circuit',
    input: 'in every circuit',
    target: 'samples that are missing',
    answer: 'a task that answers',
  } satisfies OptionsOf<rxflo.Trial>,
  build: {
    carry: 'trials that carry on',
    evaluation: 'learns by history',
  } satisfies OptionsOf<rxflo.BuildOptions>,
  kernels: {
    schedule: 'online',
    feedback: 'symmetric feedback',
    batch: 'in batches',
    algorithm: {
      not: 'the other programs of kernels are references, held to their plain solvers bit by bit: test/kernels/solvers.test.ts, test/kernels/heart.test.ts',
    },
    precision: { not: 'f32 has bits of its own: test/kernels/single.test.ts' },
  } satisfies OptionsOf<rxflo.KernelOptions>,
  'a trial of an engine': {
    number: { not: CALLED_BY_THE_TEST },
    pace: { not: CALLED_BY_THE_TEST },
    learn: { not: CALLED_BY_THE_TEST },
    onTimestep: { not: CALLED_BY_THE_TEST },
    onPhase: { not: CALLED_BY_THE_TEST },
    onLearn: { not: CALLED_BY_THE_TEST },
    onIntegrate: { not: 'actors alone call it: test/locality/opaque-neurons.test.ts' },
  } satisfies OptionsOf<rxflo.TrialOptions>,
  engine: {
    circuit: 'in every circuit',
    trial: { not: CALLED_BY_THE_TEST },
    weights: { not: CALLED_BY_THE_TEST },
    setWeights: { not: CALLED_BY_THE_TEST },
    carried: { not: CALLED_BY_THE_TEST },
    setCarried: { not: CALLED_BY_THE_TEST },
    reader: { not: CALLED_BY_THE_TEST },
    tune: { not: CALLED_BY_THE_TEST },
    tuned: { not: CALLED_BY_THE_TEST },
    held: { not: 'what is held is changed in test/locality/language.test.ts, on both engines' },
    ports: { not: 'actors alone have ports' },
  } satisfies OptionsOf<rxflo.Engine>,
  learner: {
    learner: { not: 'other learners are not the circuit: test/solvers/language.test.ts, test/algorithms' },
    rules: { not: 'a circuit with other rules is another circuit: test/circuit/with-rules.test.ts' },
    name: { not: 'is a name' },
    trials: { not: 'says when a session ends' },
    schedule: 'online',
    feedback: 'symmetric feedback',
    batch: 'in batches',
    rateHalfLife: { not: 'is the pace of a trial, which the test sets' },
    engine: { not: 'both are run' },
    precision: { not: 'f32 has bits of its own: test/kernels/single.test.ts' },
    evaluation: 'learns by history',
  } satisfies OptionsOf<rxflo.LearnerOptions>,
} as const;

/** All options, each as `rule.opaque`, with what shows it. */
export const EVERY_OPTION: readonly (readonly [option: string, shown: Shown])[] = Object.entries(OPTIONS).flatMap(
  ([of, options]) => Object.entries<Shown>(options).map(([name, shown]) => [`${of}.${name}`, shown] as const),
);
