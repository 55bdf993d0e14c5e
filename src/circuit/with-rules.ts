import { InputError, oneOf } from '../errors/index.ts';
import { checkRule, type PlasticityRule } from '../rules/index.ts';
import { checkRecord } from './checks.ts';
import { checkCircuit, circuits, type Circuit } from './circuit.ts';
import { checkTraces } from './dials/traces.ts';

/**
 * The circuit with other rules: the named synapse groups learn by these, all else stays as it is.
 *
 * @throws InputError naming the group that is not there, or whose dials the rule does not have.
 */
export function withRules<R extends string, N extends string>(
  circuit: Circuit<R>,
  rules: Readonly<Record<string, PlasticityRule<N>>>,
): Circuit<R | N> {
  checkCircuit(circuit);
  const { synapses } = circuit;
  checkRecord('rules', rules, 'rules');
  const groups: Circuit<R | N>['synapses'] = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => {
      const place = `rules.${name}`;
      if (!Object.hasOwn(synapses, name)) {
        throw new InputError(place, `is no synapse group of the circuit; give ${oneOf(Object.keys(synapses))}`);
      }
      const group = { ...synapses[name], rule };
      checkRule(place, rule);
      checkTraces(`synapses.${name}.traces`, group);
      return [name, group];
    }),
  );
  return circuits.enter({ ...circuit, synapses: { ...synapses, ...groups } });
}
