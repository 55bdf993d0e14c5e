import { withRules, type Circuit } from '../circuit/index.ts';
import type { PlasticityRule } from '../rules/index.ts';

/** Rules in place of the circuit's own, by the name of the synapse group that learns by them. */
export type OwnRules = Readonly<Record<string, PlasticityRule>>;

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
export function sameRules(one: OwnRules = {}, other: OwnRules = {}): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((group) => {
    if (!Object.hasOwn(one, group) || !Object.hasOwn(other, group)) return false;
    const [rule, like] = [one[group], other[group]];
    return rule === like || (rule.analysis && like.analysis && meaningOf(rule) === meaningOf(like));
  });
}

function meaningOf({ name, params, state, lasting, trace, change, after }: PlasticityRule): string {
  return JSON.stringify([name, params, state, lasting, String(trace), String(change), String(after)]);
}
