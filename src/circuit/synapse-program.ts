import { Graph, specialise, type Analysis, type Read, type Value } from '../local/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import { ruleVariables, type Variable } from './take-up.ts';
import type { LearnStep } from './timestep/step.ts';

/** What a synapse of a group computes in a timestep, as one graph over its old state. All parameters but the tunable ones are filled in. */
export interface SynapseProgram {
  readonly state: readonly { readonly variable: Variable; readonly next: Value }[];
  readonly change: Value;
}

/** A rule whose functions were read. */
export type ReadRule = PlasticityRule & { readonly analysis: Analysis };

/** The program of a group's rule: its new state, and the change it requests, which sees the new state. */
export function synapseProgram(rule: ReadRule, { group, reads }: Pick<LearnStep, 'group' | 'reads'>): SynapseProgram {
  const { analysis, params, tunable = [] } = rule;
  const graph = new Graph();
  // What a neuron publishes is read, not computed again; only a number that never changes is filled in.
  const known = ({ path, scope }: Read): Value => {
    if (scope === 'parameter' && !tunable.includes(path)) return graph.constant(params[path]);
    const source = reads.get(path);
    return source?.kind === 'number' ? graph.constant(source.value) : graph.read(path, scope);
  };
  const results = analysis.function('trace')?.namedResults ?? [];
  const next = new Map(results.map(({ name, value }) => [name, specialise(graph, value, known)]));
  const nextOf = (variable: string) => next.get(variable) ?? graph.read(variable, 'own state');
  const change = analysis.function('change');
  if (!change) throw new Error(`rule '${rule.name}' has no change`);
  return {
    state: ruleVariables(group).map((variable) => ({ variable, next: nextOf(variable.name) })),
    change: specialise(graph, change.value, (read) => (read.scope === 'own state' ? nextOf(read.path) : known(read))),
  };
}
