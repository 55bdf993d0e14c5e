import { ruleOf, type Circuit } from '../circuit/index.ts';
import type { Analysis, Cost, Formula, Scope } from '../local/index.ts';

interface Named {
  readonly kind: 'plasticity rule' | 'neuron model';
  readonly name: string;
}

/** A rule or a neuron model, with what its text shows. */
export type LocalPart =
  | (Named & { readonly opaque: true })
  | (Named & {
      readonly opaque: false;
      readonly formulas: readonly Formula[];
      /** What it reads, by scope. */
      readonly reads: Readonly<Record<string, readonly string[]>>;
      /** At each synapse or neuron, in every timestep. */
      readonly cost: Cost;
    });

/** From what the synapse or neuron owns to what all share. */
const SCOPES = [
  'own state',
  'own weight',
  'summed input',
  'presynaptic',
  'postsynaptic',
  'learning signal',
  'global',
  'parameter',
] as const satisfies readonly Scope[];

export function localPart(
  kind: LocalPart['kind'],
  { name, analysis }: { readonly name: string; readonly analysis?: Analysis },
): LocalPart {
  if (!analysis) return { kind, name, opaque: true };
  const reads = SCOPES.flatMap((scope) => {
    const paths = analysis.reads.filter((read) => read.scope === scope).map(({ path }) => path);
    return paths.length > 0 ? [[scope, paths] as const] : [];
  });
  const { formulas, cost } = analysis;
  return { kind, name, opaque: false, formulas, reads: Object.fromEntries(reads), cost };
}

/** The rules, as modified by dials on their traces, and the neuron models of circuits; each once, however many groups and populations use it. */
export function localParts(...circuits: readonly Circuit[]): LocalPart[] {
  const learning = circuits.flatMap(({ synapses, feedback }) => [
    ...Object.values(synapses).map(ruleOf),
    ...Object.values(feedback).map(({ rule }) => rule),
  ]);
  const populations = circuits.flatMap(({ neurons }) => Object.values(neurons));
  const rules = learning.flatMap((rule) => (rule ? [localPart('plasticity rule', rule)] : []));
  const models = populations.flatMap(({ model }) => (model ? [localPart('neuron model', model)] : []));
  return [...new Map([...rules, ...models].map((part) => [JSON.stringify(part), part])).values()];
}
