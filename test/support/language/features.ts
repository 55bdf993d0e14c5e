import type { BuiltCircuit, BuiltGroup, Circuit, LearningOptions } from '../../../src/circuit/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import type { Sample } from './circuits.ts';

type Tests<Of extends readonly unknown[]> = Readonly<Record<string, (...of: Of) => unknown>>;

/** Some of a circuit's feedback as it was written. */
const feedbackWith = (definition: Circuit, is: (feedback: Circuit['feedback'][string]) => unknown) =>
  Object.values(definition.feedback).some((entry) => Boolean(is(entry)));

/** What some clock of the circuit reads. */
const clocksRead = ({ globals }: BuiltCircuit, ...paths: readonly string[]) =>
  globals.some((one) => one.kind === 'clock' && one.local.reads.some(({ path }) => paths.includes(path)));

/** What may be in a circuit, and by what it is recognised: in what is run, and not in what was drawn, wherever it can be. */
const IN_CIRCUITS = {
  'several states': ({ order }) =>
    order.some(({ model }) => (model?.equations ?? []).filter(({ kind }) => kind === 'state').length > 1),
  'several ports': ({ order }) => order.some(({ model }) => (model?.ports.length ?? 0) > 1),
  'several messages': ({ order }) => order.some(({ model }) => new Set(Object.values(model?.messages ?? {})).size > 1),
  'pseudo-derivatives': ({ order }) => order.some(({ model }) => (model?.analysis?.surrogates.spikes ?? 0) > 0),
  'stated derivatives': ({ order }) => order.some(({ model }) => model?.name === 'stated'),
  'axons of events': ({ groups }) => groups.some(({ from }) => from.model?.events),
  pools: ({ order }) => order.some(({ model }) => model?.pools.length),
  'neurons that read global scalars': ({ order }) =>
    order.some(({ model }) => Object.values(model?.readings ?? {}).some((reading) => reading.of === 'global')),
  'noise of neurons': ({ order }) => order.some(({ noise }) => Object.keys(noise).length),
  'parameters for each neuron': ({ order }) =>
    order.some(({ params }) => Object.values(params).some((one) => typeof one !== 'number')),
  'a first state for each neuron': (_, { neurons }) =>
    Object.values(neurons).some(({ initial }) => Object.values(initial).some((one) => typeof one !== 'number')),
  'tunable parameters of neurons': ({ order }) => order.some(({ tunable }) => tunable),
  'several inputs': ({ inputs }) => inputs.length > 1,
  'dials on axons': ({ groups }) => groups.some(({ from }) => from.sending),
  'tunable dials on axons': ({ groups }) => groups.some(({ from }) => from.sending?.tunable),
  'axons of one sign': (_, { axons }) => Object.values(axons).some((axon) => axon?.excitatory !== undefined),
  'late axons': (_, { axons }) => Object.values(axons).some((axon) => axon?.delay),
  'scalars of clocks': ({ globals }) => globals.some(({ kind }) => kind === 'clock'),
  'clocks that count the session': (built) => clocksRead(built, 'count'),
  'clocks that know the sweep': (built) => clocksRead(built, 'sweep', 'last'),
  'scalars of tasks': ({ globals }) => globals.some(({ kind }) => kind === 'task'),
  'scalars of neurons': ({ globals }) => globals.some(({ kind }) => kind === 'neuron'),
  'feedback at an angle': ({ feedback }) => feedback.some(({ carriage }) => carriage?.rotation),
  'relearned feedback': ({ feedback }) => feedback.some(({ synapses }) => synapses),
  'relearned feedback by an optimiser': ({ feedback }) => feedback.some(({ synapses }) => synapses?.optimiser),
  'coarse feedback': ({ feedback }) => feedback.some(({ carriage }) => carriage?.form),
  'shared feedback': (_, definition) => feedbackWith(definition, ({ shares }) => shares),
  'dials on the broadcast': ({ feedback }) => feedback.some(({ broadcast }) => broadcast?.message),
  'tunable dials on the broadcast': ({ feedback }) => feedback.some(({ broadcast }) => broadcast?.tunable),
  'late errors': ({ feedback }) => feedback.some(({ broadcast }) => broadcast?.delay),
  'several outputs': ({ outputs }) => outputs.length > 1,
  'outputs in an order of their own': ({ outputs, populations }) => {
    const named = populations.filter((population) => outputs.includes(population));
    return outputs.some((output, k) => output !== named[k]);
  },
  'losses of their own': ({ outputs }) => outputs.some(({ loss }) => loss),
  'losses with sums': ({ outputs }) => outputs.some(({ loss }) => loss?.sums.length),
  'stated errors': ({ outputs }) => outputs.some(({ loss }) => loss?.name === 'quartic'),
  'trials that carry on': ({ carries }) => carries,
  'several sweeps': ({ repeat }) => (repeat?.times ?? 1) > 1,
  'sweeps until it has settled': ({ repeat }) => repeat?.until,
} satisfies Tests<[circuit: BuiltCircuit, definition: Circuit]>;

/** The same of one synapse group, as it was built and as it was checked. */
const IN_GROUPS = {
  'another port than the first': ({ to, port }) => port !== to.model?.ports[0]?.name,
  'another message than the first': ({ from, carries }) =>
    from.model && carries !== Object.values(from.model.messages)[0],
  'learns at once': ({ atOnce }) => atOnce,
  'learns by history': ({ history }) => history,
  'transmits through its state': ({ also }) => also,
  'keeps a copy of its weight': ({ rule }) => rule?.lasting,
  'sees other messages of its axon': ({ rule }) =>
    rule?.analysis?.reads.some(({ path }) => path === 'pre.burst' || path === 'pre.quadrature'),
  'sees what its neuron shows': ({ rule }) => rule?.analysis?.reads.some(({ path }) => path === 'post.plateau'),
  'feels its port': ({ rule }) => rule?.analysis?.reads.some(({ path }) => path === 'post.here'),
  eligibility: ({ rule }) => rule?.eligible,
  'reads global scalars': ({ rule }) => rule?.globals,
  'tunable parameters': ({ rule }) => rule?.tunable?.some((name) => !name.startsWith('traces.')),
  'parameters over the trials': ({ rule, optimiser }) => rule?.overTrials ?? optimiser?.overTrials,
  'an optimiser': ({ optimiser }) => optimiser,
  'an optimiser with tunable parameters': ({ optimiser }) => optimiser?.tunable,
  'delays of its own': ({ longer }) => longer,
  'edge by edge': (_, { edges }) => edges,
  'one to one': (_, { connect }) => connect?.kind === 'one-to-one',
  'weights that are given': (_, { edges, weights }) => edges?.weights ?? (weights && !('kind' in weights)),
  'a gate': ({ gate }) => gate,
  'a gap': ({ from, to, pre }) => pre.length < from.size * to.size,
  'dials on weights': ({ settling }) => settling,
  'tunable dials on weights': ({ settling }) => settling?.tunable.length,
  'dials on traces': (_, { traces }) => traces,
  'tunable dials on traces': ({ rule }) => rule?.tunable?.some((name) => name.startsWith('traces.')),
} satisfies Tests<[group: BuiltGroup, checked: Circuit['synapses'][string]]>;

/** The same of how it learns, and from what. */
const IN_LEARNING = {
  online: ({ schedule }) => schedule === 'online',
  'by trial': ({ schedule }) => schedule === 'trial',
  'in batches': ({ batch = 1 }) => batch > 1,
  'symmetric feedback': ({ feedback }) => feedback === 'symmetric',
  'samples that are missing': (_, trials) => trials.some(({ target }) => target.includes(NaN)),
  'a task that answers': (_, trials) => trials.some(({ answer }) => answer),
} satisfies Tests<[how: LearningOptions, trials: readonly Trial[]]>;

/** One of them, by its name. */
export type Feature = keyof typeof IN_CIRCUITS | keyof typeof IN_GROUPS | keyof typeof IN_LEARNING;

/** All of them. */
export const FEATURES: readonly string[] = [IN_CIRCUITS, IN_LEARNING, IN_GROUPS].flatMap((tests) => Object.keys(tests));

/** Features of which a group has one at most: what its rule is about. */
const RULES = [
  'sees other messages of its axon',
  'sees what its neuron shows',
  'feels its port',
  'eligibility',
  'keeps a copy of its weight',
];

/** Features that are refused together, or have no meaning together: of each list, no two meet. What is refused is tested where it is refused. */
const ONE_AT_MOST = [
  RULES,
  ['reads global scalars', ...RULES.slice(0, 3)],
  ['online', 'by trial'],
  // Online, every change is taken up at once.
  ['online', 'in batches'],
  // Edges say themselves who is joined.
  ['edge by edge', 'one to one'],
  // Errors that arrive late would arrive in another timestep.
  ['late errors', 'several sweeps'],
  ['late errors', 'sweeps until it has settled'],
  ['late errors', 'clocks that know the sweep'],
  // What a trial asks for is found at its end, from what each synapse was brought, by rules that are linear in that and in their traces.
  ...[
    ...['online', 'several sweeps', 'sweeps until it has settled', 'clocks that know the sweep', 'learns at once'],
    ...['transmits through its state', 'keeps a copy of its weight', 'sees other messages of its axon'],
  ].map((other) => ['learns by history', other]),
];

/** Every two features that can meet: in one circuit, and of those of groups, in one group. */
export const PAIRS = twoOf(FEATURES).filter(
  (two) => !ONE_AT_MOST.some((these) => two.every((one) => these.includes(one))),
);

/** What circuits have whose updates are local, and seen in their timestep: no weights are transported, and no rule goes by history. */
const NOT_LOCAL = ['feedback at an angle', 'symmetric feedback', 'learns by history'];
const isLocal = (feature: string) => !NOT_LOCAL.includes(feature);
export const LOCAL_FEATURES = FEATURES.filter(isLocal);
export const LOCAL_PAIRS = PAIRS.filter((two) => two.every(isLocal));

function found<Of extends readonly unknown[]>(tests: Tests<Of>, ...of: Of): string[] {
  return Object.keys(tests).filter((name) => Boolean(tests[name](...of)));
}

/** Counts what occurred: every feature by the circuits it was in, and every pair of features that met in one group, or in one circuit. */
export class Coverage {
  private readonly counts = new Map<string, number>();

  add({ definition, built, how, trials }: Sample): void {
    const groups = built.groups.map((group) => found(IN_GROUPS, group, definition.synapses[group.name]));
    const whole = [...found(IN_CIRCUITS, built, definition), ...found(IN_LEARNING, how, trials)];
    const within = new Set(groups.flat());
    for (const feature of [...whole, ...within]) this.count(feature);
    for (const pair of new Set(groups.flatMap(pairs))) this.count(pair);
    for (const pair of pairs(whole)) this.count(pair);
    for (const one of whole) for (const other of within) this.count(pairOf(one, other));
  }

  /** In how many circuits this was; of two features, in how many both were, features of groups in the same group. */
  of(...features: readonly string[]): number {
    return this.counts.get(features.length === 1 ? features[0] : pairOf(...features)) ?? 0;
  }

  /** What was in fewer circuits than that, as `feature: count`. */
  rarer(than: number, among: readonly (readonly string[])[]): readonly string[] {
    return among.flatMap((features) => {
      const count = this.of(...features);
      return count < than ? [`${features.join(' + ')}: ${count}`] : [];
    });
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

function pairOf(...features: readonly string[]): string {
  return [...features].sort().join(' + ');
}

/** Every two of these, in either order the same. */
export function twoOf(features: readonly string[]): readonly (readonly [string, string])[] {
  return features.flatMap((one, k) => features.slice(k + 1).map((other) => [one, other] as const));
}

function pairs(features: readonly string[]): readonly string[] {
  return twoOf(features).map((two) => pairOf(...two));
}
