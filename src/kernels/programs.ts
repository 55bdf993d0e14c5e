import { ruleVariables, type BuiltPopulation, type LearnStep, type Result, type Variable } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { Graph, largestParts, specialise, type Read, type Scope, type Value } from '../local/index.ts';

/** The graph of a result. @throws InputError if the population's model is opaque. */
export function graphOf({ name, model }: BuiltPopulation, { value }: Result): Value {
  if (value) return value;
  throw opaque(`neurons.${name}`, `neuron model '${model?.name ?? ''}'`);
}

/** What a synapse of a group computes in a timestep, its parameters filled in but for those that are tunable, as one graph over its old state. */
export interface SynapseProgram {
  readonly state: readonly { readonly variable: Variable; readonly next: Value }[];
  readonly change: Value;
}

/** The program of a group's rule. @throws InputError if the rule is opaque. */
export function ruleProgram({ group, reads }: LearnStep): SynapseProgram {
  const { rule, name } = group;
  const analysis = rule?.analysis;
  if (!analysis) throw opaque(`synapses.${name}.rule`, `rule '${rule?.name ?? ''}'`);
  const graph = new Graph();
  // What a neuron publishes is read, not computed again; only a number that never changes is filled in.
  const known = (read: Read): Value => {
    if (read.scope === 'parameter' && !rule.tunable?.includes(read.path)) return graph.constant(rule.params[read.path]);
    const source = reads.get(read.path);
    return source?.kind === 'number' ? graph.constant(source.value) : graph.read(read.path, read.scope);
  };
  const results = analysis.function('trace')?.namedResults ?? [];
  const next = new Map(results.map(({ name: variable, value }) => [variable, specialise(graph, value, known)]));
  const nextOf = (variable: string) => next.get(variable) ?? graph.read(variable, 'own state');
  const change = analysis.function('change');
  if (!change) throw new Error(`rule '${rule.name}' has no change`);
  return {
    state: ruleVariables(group).map((variable) => ({ variable, next: nextOf(variable.name) })),
    change: specialise(graph, change.value, (read) => (read.scope === 'own state' ? nextOf(read.path) : known(read))),
  };
}

/** The program of a gradient: credit times what was brought, which have these names. */
export function gradientProgram(credit: string, brought: string): SynapseProgram {
  const graph = new Graph();
  const change = graph.arithmetic('*', graph.read(credit, 'learning signal'), graph.read(brought, 'presynaptic'));
  return { state: [], change };
}

/** What a synapse's program gives: the new value of each variable of its state, then the change. */
export function rootsOf({ state, change }: SynapseProgram): readonly Value[] {
  return [...state.map(({ next }) => next), change];
}

/** What can be computed once for all synapses of a neuron, before any of them is visited. */
export interface Shared {
  /** From tunable parameters alone. */
  readonly own: readonly Value[];
  /** From what the presynaptic neuron sends alone. */
  readonly pre: readonly Value[];
  /** From what the postsynaptic neuron publishes alone. */
  readonly post: readonly Value[];
}

/** The largest parts of a synapse's program that only one of its two neurons takes part in, or neither. */
export function sharedParts(program: SynapseProgram): Shared {
  const among = (...scopes: readonly Scope[]) =>
    largestParts(rootsOf(program), ({ scope }) => scope === 'parameter' || scopes.includes(scope));
  const own = among();
  const beside = (parts: readonly Value[]) => parts.filter((part) => !own.includes(part));
  return { own, pre: beside(among('presynaptic')), post: beside(among('postsynaptic', 'learning signal')) };
}

function opaque(place: string, what: string): InputError {
  return new InputError(
    place,
    `${what} is opaque, so there is nothing to compile: write it in the local language, without opaque, or run it with engine 'actors'`,
  );
}
