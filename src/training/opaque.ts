import type { Circuit } from '../circuit/index.ts';
import { joined } from '../errors/index.ts';
import type { LearningAlgorithm } from '../solvers/index.ts';
import { learnedCircuit, type OwnRules } from './own-rules.ts';

/** A rule or a neuron model whose text was not read. */
export interface OpaquePart {
  readonly kind: 'rule' | 'neuron model';
  readonly name: string;
}

/**
 * The opaque parts of a circuit that these learners use, each once.
 * The solvers do not run rules: they take only their learning rates from them.
 */
export function opaqueParts(
  circuit: Circuit,
  learners: readonly { readonly algorithm: Pick<LearningAlgorithm, 'rules'>; readonly rules?: OwnRules }[],
): OpaquePart[] {
  if (learners.length === 0) return [];
  const learning = learners
    .filter(({ algorithm }) => algorithm.rules)
    .map(({ rules }) => learnedCircuit(circuit, rules))
    .flatMap(({ synapses, feedback }) => [...Object.values(synapses), ...Object.values(feedback)]);
  const rules = learning.flatMap(({ rule }) => (rule && !rule.analysis ? [rule.name] : []));
  const models = Object.values(circuit.neurons).flatMap(({ model }) => (model && !model.analysis ? [model.name] : []));
  return [
    ...[...new Set(rules)].map((name) => ({ kind: 'rule' as const, name })),
    ...[...new Set(models)].map((name) => ({ kind: 'neuron model' as const, name })),
  ];
}

/** What an opaque part makes impossible, in one line. */
export function whatFallsAway({ kind, name }: OpaquePart): string {
  const runs = kind === 'rule' ? 'it runs as actors' : 'it runs as actors, and in the plain solvers';
  return `${kind} '${name}' is opaque: ${runs}; its locality is not certified, its cost and formula are unknown`;
}

/** Which learners run in the plain solver because their algorithm has no kernels, or none for this circuit: a line for each reason. */
export function withoutKernels(
  learners: readonly { readonly name: string; readonly title: string; readonly lack?: string | undefined }[],
): string[] {
  const lacks = [...new Set(learners.flatMap(({ lack }) => lack ?? []))];
  return lacks.map((lack) => {
    const plain = learners.filter((one) => one.lack === lack);
    const titles = [...new Set(plain.map(({ title }) => title))];
    const [have, run] = titles.length === 1 ? ['has', 'runs'] : ['have', 'run'];
    return `${plain.map(({ name }) => name).join(', ')}: ${joined(titles)} ${have} ${lack} and ${run} in the plain solver`;
  });
}
