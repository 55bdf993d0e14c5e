import type { BuiltCircuit, BuiltGroup, Circuit, LearningOptions } from '../../../src/circuit/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import type { Sample } from './circuits.ts';

type Tests<Of extends readonly unknown[]> = Readonly<Record<string, (...of: Of) => unknown>>;

/** What may be in a circuit, and by what it is recognised: in what is run, not in what was drawn. */
const IN_CIRCUITS = {
  'several states': ({ order }) =>
    order.some(({ model }) => (model?.equations ?? []).filter(({ kind }) => kind === 'state').length > 1),
  'several ports': ({ order }) => order.some(({ model }) => (model?.ports.length ?? 0) > 1),
  'several messages': ({ order }) => order.some(({ model }) => new Set(Object.values(model?.messages ?? {})).size > 1),
  'pseudo-derivatives': ({ order }) => order.some(({ model }) => (model?.analysis?.surrogates.spikes ?? 0) > 0),
  'axons of events': ({ groups }) => groups.some(({ from }) => from.model?.events),
  pools: ({ order }) => order.some(({ model }) => model?.pools.length),
  'neurons that read global scalars': ({ order }) =>
    order.some(({ model }) => Object.values(model?.readings ?? {}).some((reading) => reading.of === 'global')),
  'noise of neurons': ({ order }) => order.some(({ noise }) => Object.keys(noise).length),
  'parameters for each neuron': ({ order }) =>
    order.some(({ params }) => Object.values(params).some((one) => typeof one !== 'number')),
  'dials on axons': ({ groups }) => groups.some(({ from }) => from.sending),
  'scalars of clocks': ({ globals }) => globals.some(({ kind }) => kind === 'clock'),
  'scalars of tasks': ({ globals }) => globals.some(({ kind }) => kind === 'task'),
  'scalars of neurons': ({ globals }) => globals.some(({ kind }) => kind === 'neuron'),
  'feedback at an angle': ({ feedback }) => feedback.some(({ carriage }) => carriage?.rotation),
  'relearned feedback': ({ feedback }) => feedback.some(({ synapses }) => synapses),
  'coarse feedback': ({ feedback }) => feedback.some(({ carriage }) => carriage?.form),
  'dials on the broadcast': ({ feedback }) => feedback.some(({ broadcast }) => broadcast),
  'several outputs': ({ outputs }) => outputs.length > 1,
  'losses of their own': ({ outputs }) => outputs.some(({ loss }) => loss),
  'trials that carry on': ({ carries }) => carries,
} satisfies Tests<[circuit: BuiltCircuit]>;

/** The same of one synapse group, as it was built and as it was checked. */
const IN_GROUPS = {
  'another port than the first': ({ to, port }) => port !== to.model?.ports[0]?.name,
  'another message than the first': ({ from, carries }) =>
    from.model && carries !== Object.values(from.model.messages)[0],
  'learns at once': ({ atOnce }) => atOnce,
  'transmits through its state': ({ also }) => also,
  'keeps a copy of its weight': ({ rule }) => rule?.lasting,
  'sees other messages of its axon': ({ rule }) =>
    rule?.analysis?.reads.some(({ path }) => path === 'pre.burst' || path === 'pre.quadrature'),
  'sees what its neuron shows': ({ rule }) => rule?.analysis?.reads.some(({ path }) => path === 'post.plateau'),
  'feels its port': ({ rule }) => rule?.analysis?.reads.some(({ path }) => path === 'post.here'),
  eligibility: ({ rule }) => rule?.eligible,
  'reads global scalars': ({ rule }) => rule?.globals,
  'has tunable parameters': ({ rule, optimiser }) => rule?.tunable?.length ?? optimiser?.tunable?.length,
  'an optimiser': ({ optimiser }) => optimiser,
  'delays of its own': ({ longer }) => longer,
  'edge by edge': (_, { edges }) => edges,
  'a gate': ({ gate }) => gate,
  'a gap': ({ from, to, pre }) => pre.length < from.size * to.size,
  'dials on weights': ({ settling }) => settling,
  'dials on traces': (_, { traces }) => traces,
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

const [IN_GROUP, IN_CIRCUIT] = [Object.keys(IN_GROUPS), [...Object.keys(IN_CIRCUITS), ...Object.keys(IN_LEARNING)]];

/** All of them. */
export const FEATURES = [...IN_CIRCUIT, ...IN_GROUP];

/** Features of which a group has one at most: what its rule is about. */
const RULES = [
  'sees other messages of its axon',
  'sees what its neuron shows',
  'feels its port',
  'eligibility',
  'keeps a copy of its weight',
];
const ONE_AT_MOST = [
  RULES,
  ['online', 'by trial'],
  ['online', 'in batches'],
  ['reads global scalars', ...RULES.slice(0, 3)],
];

/** Every two features that can meet: in one circuit, and of those of groups, in one group. */
export const PAIRS = [...twoOf(IN_CIRCUIT), ...twoOf(IN_GROUP)].filter(
  (two) => !ONE_AT_MOST.some((these) => two.every((one) => these.includes(one))),
);

/** What circuits have whose learning is local: no weights are transported. */
const isLocal = (feature: string) => feature !== 'feedback at an angle' && feature !== 'symmetric feedback';
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
    const whole = [...found(IN_CIRCUITS, built), ...found(IN_LEARNING, how, trials)];
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
