import { kept, once } from '../local/index.ts';
import { dependencesOf, type NeuronModel, type Population } from '../neurons/index.ts';
import { ruleOn, type PlasticityRule, type Sensitivity } from '../rules/index.ts';
import { answerOf } from './ends.ts';
import { closure } from './closure.ts';

/** The rule as the synapses on this port run it, its eligibility derived from the neuron's own text. */
export function ruleOnPort<R extends PlasticityRule>(
  rule: R,
  { model }: Pick<Population, 'model'>,
  { port, carries }: { readonly port: string; readonly carries: string },
): R {
  if (!rule.eligible || !model) return rule;
  const key = JSON.stringify([port, carries]);
  return ruleOn(
    rule,
    kept(sensitivities(model), key, () => sensitivityOf(model, port, carries)),
  );
}

/** Of each model, by port and message. */
const sensitivities = once((_model: NeuronModel) => new Map<string, Sensitivity>());

/** How a weight onto a port influences what the neuron sends: through the numbers that depend on the port and on which the message depends. */
function sensitivityOf(model: NeuronModel, port: string, carries: string): Sensitivity {
  const answer = answerOf(model);
  const all = model.equations.flatMap((equation) => dependencesOf(model, equation));
  const reached = closure(
    all.filter((one) => one.port && one.by === port).map(({ of }) => of),
    (name) => all.filter((one) => !one.port && one.by === name).map(({ of }) => of),
  );
  const needed = closure([answer], (name) => all.filter((one) => !one.port && one.of === name).map(({ by }) => by));
  const takesPart = (name: string) => reached.has(name) && needed.has(name);
  const components = model.equations
    .filter(({ name }) => takesPart(name))
    .map(({ name }) => ({
      name,
      terms: all
        .filter((one) => one.of === name && (one.port ? one.by === port : takesPart(one.by)))
        .map(({ name: derivative, published, by, port: isPort, late, computed: { local } }) => ({
          factor: !published && local?.value.kind === 'constant' ? local.value.value : derivative,
          ...{ by: isPort ? null : by, late },
        })),
    }));
  // If the port does not influence what is sent, the sensitivity is always 0.
  return { components: components.length > 0 ? components : [{ name: answer, terms: [] }], answer, carries };
}
