import {
  synapseProgram,
  type BuiltPopulation,
  type LearnStep,
  type Result,
  type SynapseProgram,
} from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { Graph, largestParts, type Scope, type Value } from '../local/index.ts';

/** The graph of a result. @throws InputError if the population's model is opaque. */
export function graphOf({ name, model }: BuiltPopulation, { value }: Result): Value {
  if (value) return value;
  throw opaque(`neurons.${name}`, `neuron model '${model?.name ?? ''}'`);
}

/** The program of a group's rule. @throws InputError if the rule is opaque. */
export function ruleProgram(step: LearnStep): SynapseProgram {
  const { rule, name } = step.group;
  if (rule?.analysis) return synapseProgram({ ...rule, analysis: rule.analysis }, step);
  throw opaque(`synapses.${name}.rule`, `rule '${rule?.name ?? ''}'`);
}

/** The program of a gradient: credit times what was brought, under these names. */
export function gradientProgram(credit: string, brought: string): SynapseProgram {
  const graph = new Graph();
  const change = graph.arithmetic('*', graph.read(credit, 'learning signal'), graph.read(brought, 'presynaptic'));
  return { state: [], change };
}

/** The results of a synapse's program: the new value of each variable of its state, then the change. */
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

/** The largest parts of a synapse's program that depend on only one of its two neurons, or on neither. */
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
