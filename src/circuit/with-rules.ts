import { InputError, oneOf } from '../errors/index.ts';
import { copied } from '../local/index.ts';
import { checkRule, isRule, type PlasticityRule } from '../rules/index.ts';
import { checkRecord, mapRecord } from './checks.ts';
import { checkCircuit, entered, type Circuit } from './circuit.ts';
import { checkSeen } from './ends.ts';
import { checkGlobalsOfRule } from './globals.ts';
import { checkTraces } from './dials/traces.ts';
import { checkLearns } from './learns.ts';

type Group<R extends string> = Circuit<R>['synapses'][string];

/**
 * The circuit with other rules: the named synapse groups learn by these, all else stays as it is.
 *
 * @throws InputError naming the group that is not there, or whose dials the rule does not have.
 */
export function withRules<R extends string, N extends string, G extends string>(
  circuit: Circuit<R, G>,
  given: Readonly<Record<string, PlasticityRule<N>>>,
): Circuit<R | N, G> {
  checkCircuit(circuit);
  checkRecord('rules', given, 'rules');
  const rules = copied(given, isRule);
  const known = Object.keys(circuit.synapses);
  const wrong = Object.keys(rules).find((name) => !known.includes(name));
  if (wrong !== undefined) {
    throw new InputError(`rules.${wrong}`, `unknown synapse group; expected ${oneOf(known)}`);
  }
  const synapses = mapRecord<G, Group<R>, Group<R | N>>(circuit.synapses, (group, name) => {
    if (!Object.hasOwn(rules, name)) return group;
    const ruled = { ...group, rule: rules[name] };
    checkRule(`rules.${name}`, rules[name]);
    checkSeen(`rules.${name}`, rules[name], circuit.neurons[group.from], circuit.neurons[group.to], group);
    checkGlobalsOfRule(`rules.${name}`, rules[name], circuit.globals);
    checkTraces(`synapses.${name}.traces`, ruled);
    checkLearns(`synapses.${name}`, ruled, circuit.neurons[group.to]);
    return ruled;
  });
  const { order: _order, ...parts } = circuit;
  return entered({ ...parts, synapses });
}
