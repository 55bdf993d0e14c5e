import type { BuiltGroup, BuiltPopulation } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import {
  Graph,
  isValue,
  nodesOf,
  operands,
  specialise,
  type LocalFunction,
  type Numbers,
  type Read,
  type Value,
} from '../local/index.ts';

/** What a neuron of a population computes in a timestep, its parameters filled in. Reads `h` and `u`. */
export interface NeuronProgram {
  readonly rate: Value;
  readonly slope: Value;
  readonly retention: Value;
}

/** What a synapse of a group computes in a timestep, its parameters filled in, as one graph over its old state. */
export interface SynapseProgram {
  readonly state: readonly { readonly name: string; readonly initial: number; readonly next: Value }[];
  readonly change: Value;
}

/** @throws InputError if the population's model is opaque. */
export function neuronProgram({ model, params, name }: BuiltPopulation): NeuronProgram {
  if (!model?.analysis) throw opaque(`neurons.${name}`, `neuron model '${model?.name ?? ''}'`);
  const graph = new Graph();
  const filled = (field: string) =>
    specialise(graph, number(model.analysis?.function(field)), (read) => parameterOr(graph, params, read));
  return { rate: filled('rate'), slope: filled('slope'), retention: filled('retention') };
}

/** `signalled`: whether a learning signal comes to the group's neurons. @throws InputError if the group's rule is opaque. */
export function synapseProgram({ rule, name }: BuiltGroup, neuron: NeuronProgram, signalled: boolean): SynapseProgram {
  if (!rule?.analysis) throw opaque(`synapses.${name}.rule`, `rule '${rule?.name ?? ''}'`);
  const { analysis, params, state } = rule;
  const graph = new Graph();
  // What the neuron publishes is read, not computed again; only a constant is filled in.
  const published: Readonly<Record<string, Value | undefined>> = {
    'post.slope': neuron.slope,
    'post.retention': neuron.retention,
    'post.signal': signalled ? undefined : graph.constant(0),
  };
  const known = (read: Read): Value => {
    const value = published[read.path];
    return value?.kind === 'constant' ? graph.constant(value.value) : parameterOr(graph, params, read);
  };
  const results = analysis.function('trace')?.results ?? [];
  const next = new Map(
    ('kind' in results ? [] : results).map((result) => [result.name, specialise(graph, result.value, known)]),
  );
  const unchanged = (variable: string) => graph.read(variable, 'own state');
  return {
    state: Object.entries(state).map(([variable, initial]) => ({
      name: variable,
      initial,
      next: next.get(variable) ?? unchanged(variable),
    })),
    change: specialise(graph, number(analysis.function('change')), (read) =>
      read.scope === 'own state' ? (next.get(read.path) ?? unchanged(read.path)) : known(read),
    ),
  };
}

/** What a global reference has in place of the learning signal: v(t), see backward.ts. */
export const CREDIT = 'post.v';

/** v h: what each timestep adds to the gradient of a weight. */
export function gradientProgram(): SynapseProgram {
  const graph = new Graph();
  const v = graph.read(CREDIT, 'learning signal');
  return { state: [], change: graph.arithmetic('*', v, graph.read('pre.rate', 'presynaptic')) };
}

/** What a synapse's program gives: the new value of each variable of its state, then the change. */
export function rootsOf({ state, change }: SynapseProgram): readonly Value[] {
  return [...state.map(({ next }) => next), change];
}

/** What can be computed once for all synapses of a neuron, before any of them is visited. */
export interface Shared {
  /** From what the presynaptic neuron sends alone. */
  readonly pre: readonly Value[];
  /** From what the postsynaptic neuron publishes alone. */
  readonly post: readonly Value[];
}

/** The largest parts of a synapse's program that only one of its two neurons takes part in. */
export function sharedParts(program: SynapseProgram): Shared {
  const roots = rootsOf(program);
  const sides = new Map<unknown, Side>();
  const inner = new Set<unknown>(roots);
  const nodes = nodesOf(roots);
  for (const node of nodes) {
    const side =
      node.kind === 'read' ? sideOf(node) : join(operands(node).map((operand) => sides.get(operand) ?? 'none'));
    sides.set(node, side);
    if (side === 'both') for (const operand of operands(node)) inner.add(operand);
  }
  const on = (side: Side) =>
    nodes.flatMap((node) =>
      sides.get(node) === side && inner.has(node) && operands(node).length > 0 && isValue(node) ? [node] : [],
    );
  return { pre: on('pre'), post: on('post') };
}

type Side = 'none' | 'pre' | 'post' | 'both';

function sideOf({ scope }: Read): Side {
  switch (scope) {
    case 'presynaptic':
      return 'pre';
    case 'postsynaptic':
    case 'learning signal':
      return 'post';
    default:
      return 'both';
  }
}

function join(sides: readonly Side[]): Side {
  const found = new Set(sides.filter((side) => side !== 'none'));
  const [side = 'none'] = found;
  return found.size > 1 ? 'both' : side;
}

function parameterOr(graph: Graph, params: Numbers, read: Read): Value {
  return read.scope === 'parameter' ? graph.constant(params[read.path]) : graph.read(read.path, read.scope);
}

/** The one number that a function gives. */
function number(local: LocalFunction | undefined): Value {
  const results = local?.results;
  if (results && 'kind' in results) return results;
  throw new Error('a checked local function gives one number');
}

function opaque(place: string, what: string): InputError {
  return new InputError(
    place,
    `${what} is opaque, so there is nothing to compile: write it in the local language, without opaque, or run it with engine 'actors'`,
  );
}
