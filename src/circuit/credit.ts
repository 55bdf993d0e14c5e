import { InputError } from '../errors/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from './built.ts';
import { longestDelay } from './delays.ts';
import type { FeedbackKind } from './engine.ts';

// How a global reference gives credit. With feedback 'symmetric' the gradient is exact: credit starts at the outputs and runs back
// through the circuit. With 'random' the way from the outputs back is replaced by the feedback weights, as in the paper: credit starts
// at every population that receives feedback (and at the outputs, for what ends on them), and no longer crosses the synapses onto the outputs.

/** The groups that credit runs through, in circuit order. */
export function carryingGroups({ groups, outputs }: BuiltCircuit, feedback: FeedbackKind): readonly BuiltGroup[] {
  const replaced = ({ from, to }: BuiltGroup) => feedback === 'random' && outputs.includes(to) && from !== to;
  return groups.filter((group) => group.from.model && !replaced(group));
}

/** The feedback that credit comes through; an exact gradient needs none. */
export function heardBy({ feedback }: BuiltCircuit, kind: FeedbackKind): readonly BuiltFeedback[] {
  return kind === 'random' ? feedback : [];
}

/** Whether a population is given credit of its own. */
export function isCredited(circuit: BuiltCircuit, kind: FeedbackKind, population: BuiltPopulation): boolean {
  const { outputs, feedback } = circuit;
  return outputs.includes(population) || (kind === 'random' && feedback.some(({ to }) => to === population));
}

/** The learning rate that a reference takes from a group's rule; 0 without one. @throws InputError if the rule has no rate. */
export function learningRate({ rule, name }: Pick<BuiltGroup, 'rule' | 'name'>, solver: string): number {
  if (!rule) return 0;
  if (!Object.hasOwn(rule.params, 'rate')) {
    throw new InputError(
      `synapses.${name}.rule`,
      `'${rule.name}' has no parameter 'rate', which ${solver} takes as its learning rate; add one to the rule`,
    );
  }
  return rule.params['rate'];
}

/** The populations that a group's weights can influence, in the order the bus runs them. */
export function reachedFrom(
  circuit: BuiltCircuit,
  group: BuiltGroup,
  carrying: readonly BuiltGroup[],
): readonly BuiltPopulation[] {
  const reached = new Set([group.to]);
  for (const population of reached) {
    for (const { from, to } of carrying) if (from === population) reached.add(to);
  }
  return circuit.order.filter((population) => reached.has(population));
}

/**
 * @throws InputError if the axons of a population with a model do not send its rates as they are: no exact gradient runs back through what
 * they send. (None has to through the axons of input neurons.)
 */
export function refuseSending({ order }: BuiltCircuit, solver: string): void {
  const sending = order.find((population) => population.sending);
  if (!sending) return;
  throw new InputError(
    `axons.${sending.name}`,
    `no exact gradient runs through a threshold, bits or noise, so ${solver} cannot learn this circuit; leave them out, or learn by its own rules`,
  );
}

/** @throws InputError if the axons of a group are gated: the exact gradient would run through the gates, too, and no reference takes it there. */
export function refuseGates(
  groups: readonly { readonly name: string; readonly gate?: unknown }[],
  solver: string,
): void {
  const gated = groups.find(({ gate }) => gate !== undefined);
  if (!gated) return;
  throw new InputError(
    `synapses.${gated.name}.gate`,
    `no exact gradient runs through a gate, so ${solver} cannot learn this circuit; leave the gate out, or learn by its own rules`,
  );
}

/** @throws InputError if an acausal learner is to learn online: what it changes is known only when the trial has ended. */
export function refuseOnline(schedule: 'online' | 'trial', learner: string): void {
  if (schedule === 'trial') return;
  throw new InputError(
    'schedule',
    `${learner} cannot learn 'online': it is acausal, its changes are known only when the trial has ended; use 'trial', or a causal learner, such as rtrl`,
  );
}

/** @throws InputError: what relearns its feedback weights are the circuit's own rules, and a reference runs none. */
export function refuseRelearned(heard: readonly BuiltFeedback[], solver: string): void {
  const relearned = heard.find(({ synapses, carriage }) => carriage?.sources.some(({ group }) => group === synapses));
  if (!relearned) return;
  throw new InputError(
    `feedback.${relearned.name}.rule`,
    `relearns the feedback weights, which ${solver} cannot: it runs no rules; leave the rule out, or give ${solver} symmetric feedback`,
  );
}

/** The most memory that influences may take, GiB. */
export const LARGEST_INFLUENCES = 4;

/** @throws InputError if the influences of every weight on every neuron it reaches are more than a machine can be trusted with. */
export function checkInfluences(
  solver: string,
  circuit: BuiltCircuit,
  carrying: readonly BuiltGroup[],
  plastic: readonly BuiltGroup[],
): void {
  const depth = 1 + Math.max(1, ...carrying.map(longestDelay));
  const cells = plastic
    .flatMap((group) => reachedFrom(circuit, group, carrying).map(({ size }) => size * group.pre.length))
    .reduce((sum, count) => sum + count, 0);
  const gibibytes = (cells * depth * Float64Array.BYTES_PER_ELEMENT) / 2 ** 30;
  if (gibibytes <= LARGEST_INFLUENCES) return;
  throw new InputError(
    solver,
    `would need ${gibibytes.toFixed(0)} GiB: it holds the influence of every weight on every neuron; use bptt (the same gradient), or fewer neurons`,
  );
}
