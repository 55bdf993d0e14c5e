import { areAlike, once, type Tunable } from '../../local/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from '../built.ts';
import type { Heard } from './draft.ts';
import { Timestep } from './timestep.ts';

/** What a timestep was built for. */
interface Reader {
  readonly circuit: BuiltCircuit;
  readonly feedback: readonly BuiltFeedback[];
  readonly signalled: readonly BuiltPopulation[];
  readonly derivatives: boolean;
}

interface Written {
  readonly reader: Reader;
  readonly timestep: Timestep;
}

const writtenFor = once((_circuit: BuiltCircuit): Written[] => []);

/** The last timesteps that were built, for circuits that may get a twin; `free` are the numbers that do not affect them. */
const recent: (Written & { readonly free: ReadonlySet<object> })[] = [];
/** How many are kept, and the most weights of a circuit that is kept: to draw more takes longer than to build a timestep. */
const [RECENT, MOST_WEIGHTS] = [8, 100_000];

/**
 * The timestep of a circuit. It never changes, so it is built once for all learners that use errors in the same way. Only if numbers may change
 * from trial to trial does each learner have its own, because it holds their current values.
 *
 * It does not depend on weights or on tunable learning rates: a circuit that differs from another only in these, such as one of another seed,
 * gets a twin.
 */
export function timestepOf(circuit: BuiltCircuit, heard: Heard): Timestep {
  const { feedback, derivatives = false } = heard;
  const signalled = circuit.order.filter(heard.signalled);
  const written = writtenFor(circuit);
  const known = written.find(
    ({ reader }) =>
      reader.derivatives === derivatives && areSame(reader.feedback, feedback) && areSame(reader.signalled, signalled),
  );
  if (known) return known.timestep;
  const reader = { circuit, feedback, signalled, derivatives };
  const twin = twinFor(reader);
  const timestep = twin ?? Timestep.of(circuit, heard);
  if (timestep.tuned.size > 0) return timestep;
  written.push({ reader, timestep });
  if (twin || [...circuit.groups, ...feedback].reduce((sum, { weights }) => sum + weights.length, 0) > MOST_WEIGHTS)
    return timestep;
  recent.push({ reader, timestep, free: freeOf(reader) });
  if (recent.length > RECENT) recent.shift();
  return timestep;
}

function twinFor(reader: Reader): Timestep | undefined {
  const { circuit } = reader;
  const known = recent.find(
    ({ reader: other, free }) => areSame(neuronsOf(other.circuit), neuronsOf(circuit)) && areAlike(other, reader, free),
  );
  if (!known) return undefined;
  const [all, others] = [weightsOf(known.reader), weightsOf(reader)];
  const renewed = new Map<object, object>(all.map((one, k) => [one, others[k]]));
  // The counterpart of a group is a group.
  return known.timestep.twin(circuit, <W extends object>(weights: W) => (renewed.get(weights) ?? weights) as W);
}

/** The populations that may have rows. */
function neuronsOf({ populations, globals, everyone }: BuiltCircuit): readonly BuiltPopulation[] {
  return globals.length > 0 ? [...populations, everyone] : populations;
}

/** All that has weights. */
function weightsOf({ circuit, feedback }: Reader): readonly (BuiltGroup | BuiltFeedback)[] {
  return [...circuit.groups, ...feedback, ...feedback.flatMap(({ synapses }) => synapses ?? [])];
}

/** Which synapses there are, their weights, and the parameters of rules that are read again in every trial. */
function freeOf({ circuit, feedback }: Reader): ReadonlySet<object> {
  const groups = [...circuit.groups, ...feedback.flatMap(({ synapses }) => synapses ?? [])];
  return new Set([
    ...groups.flatMap(({ pre, rowStart, rule }) => [pre, rowStart, ...(rule && areTunable(rule) ? [rule.params] : [])]),
    ...[...groups, ...feedback, ...circuit.feedback].map(({ weights }) => weights),
  ]);
}

function areTunable({ params, tunable = [] }: Tunable): boolean {
  return Object.keys(params).every((name) => tunable.includes(name));
}

function areSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, k) => one === others[k]);
}
