import { partsOf, withRules, type Circuit, type GroupRule } from '../circuit/index.ts';
import type { Optimiser } from '../optimisers/index.ts';
import type { PlasticityRule } from '../rules/index.ts';

/** Rules that replace the circuit's own, by the name of the synapse group; `feedback.error`: the synapses that relearn that feedback. */
export type OwnRules = Readonly<Record<string, GroupRule>>;

/** The circuit as a learner learns it: with the learner's own rules, if it has any. */
export function learnedCircuit(circuit: Circuit, rules: OwnRules | undefined): Circuit {
  return rules ? withRules(circuit, rules) : circuit;
}

/** A plan's circuit, and the circuit with the rules of each learner that has its own. */
export function learnedCircuits(
  circuit: Circuit,
  learners: readonly { readonly rules?: OwnRules }[],
): readonly Circuit[] {
  return [circuit, ...learners.flatMap(({ rules }) => (rules ? [withRules(circuit, rules)] : []))];
}

/** Whether two learners have the same rules of their own. An opaque rule equals only itself: its text may not define it completely. */
export function sameRules(one: OwnRules = {}, others: OwnRules = {}): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(others)]);
  return [...names].every((group) => {
    if (!Object.hasOwn(one, group) || !Object.hasOwn(others, group)) return false;
    const [{ rule, optimiser }, { rule: like, optimiser: other }] = [partsOf(one[group]), partsOf(others[group])];
    if (stepsOf(optimiser) !== stepsOf(other)) return false;
    return rule === like || (rule.analysis && like.analysis && meaningOf(rule) === meaningOf(like));
  });
}

function meaningOf({ name, params, overTrials, state, lasting, trace, change, after }: PlasticityRule): string {
  return JSON.stringify([name, params, overTrials, state, lasting, String(trace), String(change), String(after)]);
}

function stepsOf(optimiser: Optimiser | undefined): string | undefined {
  if (!optimiser) return undefined;
  const { name, params, overTrials, state, analysis } = optimiser;
  return JSON.stringify([name, params, overTrials, state, String(analysis.function('step')?.compile())]);
}
