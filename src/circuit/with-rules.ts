import { InputError, oneOf, onlyFields, within } from '../errors/index.ts';
import { copied } from '../local/index.ts';
import { checkOptimiser, isOptimiser, type Optimiser } from '../optimisers/index.ts';
import { checkRule, isRule, type PlasticityRule } from '../rules/index.ts';
import { checkRecord, mapRecord } from './checks.ts';
import { checkCircuit, entered, type Circuit } from './circuit.ts';
import { checkSeen } from './ends.ts';
import { checkSource, type CheckedFeedback } from './feedback.ts';
import { checkGlobalsOfRule } from './globals.ts';
import { checkTraces } from './dials/traces.ts';
import { checkLearns } from './learns.ts';

type Group<R extends string> = Circuit<R>['synapses'][string];

/** A rule, or a rule with an optimiser. With a rule alone, a group keeps its optimiser. */
export type GroupRule<N extends string = string> =
  PlasticityRule<N> | { readonly rule: PlasticityRule<N>; readonly optimiser: Optimiser };

/** A group's rule, and its optimiser where it is given one. */
export function partsOf<N extends string>(
  given: GroupRule<N>,
): { readonly rule: PlasticityRule<N>; readonly optimiser?: Optimiser } {
  return 'optimiser' in given ? given : { rule: given };
}

/** The prefix of the names of synapses that relearn a feedback. */
const FEEDBACK = 'feedback.';

/**
 * The circuit with other rules: the named synapse groups learn by these, and so do the synapses that relearn a feedback (`feedback.error`);
 * all else is unchanged.
 *
 * @throws InputError naming the group that does not exist, or whose dials do not fit the rule.
 */
export function withRules<R extends string, N extends string, G extends string>(
  circuit: Circuit<R, G>,
  given: Readonly<Record<string, GroupRule<N>>>,
): Circuit<R | N, G> {
  checkCircuit(circuit);
  checkRecord('rules', given, 'rules');
  const rules = copied(given, (one) => isRule(one) || isOptimiser(one));
  const known = [...Object.keys(circuit.synapses), ...Object.keys(circuit.feedback).map((name) => FEEDBACK + name)];
  for (const [name, rule] of Object.entries(rules)) {
    if (!known.includes(name)) {
      throw new InputError(`rules.${name}`, `unknown synapse group; expected ${oneOf(known)}`);
    }
    checkGroupRule(`rules.${name}`, rule);
  }
  const synapses = mapRecord<G, Group<R>, Group<R | N>>(circuit.synapses, (group, name) => {
    if (!Object.hasOwn(rules, name)) return group;
    const ruled = { ...group, ...partsOf(rules[name]) };
    const { rule } = ruled;
    checkSeen(`rules.${name}`, rule, circuit.neurons[group.from], circuit.neurons[group.to], group);
    checkGlobalsOfRule(`rules.${name}`, rule, circuit.globals);
    within(`rules.${name}`, () => {
      checkTraces(`synapses.${name}.traces`, ruled);
      checkLearns(`synapses.${name}`, ruled, circuit.neurons[group.to]);
    });
    return ruled;
  });
  const feedback = mapRecord<string, CheckedFeedback, CheckedFeedback>(circuit.feedback, (entry, name) => {
    if (!Object.hasOwn(rules, FEEDBACK + name)) return entry;
    const place = `rules.${FEEDBACK}${name}`;
    const ruled = { ...entry, ...partsOf(rules[FEEDBACK + name]) };
    checkGlobalsOfRule(place, ruled.rule, circuit.globals);
    return checkSource(place, name, { ...circuit.feedback, [name]: ruled }, circuit.neurons, circuit.synapses);
  });
  const { order: _order, ...parts } = circuit;
  return entered({ ...parts, synapses, feedback });
}

function checkGroupRule(place: string, given: unknown): void {
  if (isRule(given) || typeof given !== 'object' || given === null || !('rule' in given)) {
    checkRule(place, given);
    return;
  }
  onlyFields(place, given, ['rule', 'optimiser']);
  checkRule(`${place}.rule`, given.rule);
  checkOptimiser(`${place}.optimiser`, 'optimiser' in given ? given.optimiser : undefined);
}
