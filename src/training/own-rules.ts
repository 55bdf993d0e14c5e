import { partsOf, withRules, type Circuit, type GroupRule } from '../circuit/index.ts';
import type { Optimiser } from '../optimisers/index.ts';
import type { PlasticityRule } from '../rules/index.ts';

/** Rules in place of the circuit's own, by the name of the synapse group that learns by them; `feedback.error`: the synapses that relearn it. */
export type OwnRules = Readonly<Record<string, GroupRule>>;

/** The circuit as a learner learns it: with the learner's own rules, where it has some. */
export function learnedCircuit(circuit: Circuit, rules: OwnRules | undefined): Circuit {
  return rules ? withRules(circuit, rules) : circuit;
}

/** A plan's circuit, and for each learner with rules of its own the circuit with these. */
export function learnedCircuits(
  circuit: Circuit,
  learners: readonly { readonly rules?: OwnRules }[],
): readonly Circuit[] {
  return [circuit, ...learners.flatMap(({ rules }) => (rules ? [withRules(circuit, rules)] : []))];
}

/** Whether two learners have the same rules of their own. An opaque rule is the same only as itself: its text does not say all. */
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
