import { InputError } from '../errors/index.ts';
import { LEARNING_RATE } from '../rules/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from './built.ts';
import { differInDelay, longestDelay } from './delays.ts';
import type { FeedbackKind } from './engine.ts';
import type { Circuit } from './circuit.ts';
import { globalsOf } from './globals.ts';
import { hearersOf } from './hearers.ts';

// How a global reference gives credit. With feedback 'symmetric' the gradient is exact: credit starts at the outputs and runs back
// through the circuit. With 'random' the way from the outputs back is replaced by the feedback weights, as in the paper: credit starts
// at every population that receives feedback (and at the outputs, for what ends on them), and no longer crosses the synapses onto the outputs.

/** The groups that credit runs through, in circuit order. */
export function carryingGroups({ groups, outputs }: BuiltCircuit, feedback: FeedbackKind): readonly BuiltGroup[] {
  const replaced = ({ from, to }: BuiltGroup) => feedback === 'random' && outputs.includes(to) && from !== to;
  return groups.filter((group) => (group.from.model ?? group.gate?.from.model) && !replaced(group));
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

/**
 * The learning rate that a reference takes from a group's rule, in trial `trial` where it changes over the trials; 0 without a rule, and where the
 * group learns at once: weights that change within a trial have no exact gradient, so a reference does not change them.
 *
 * @throws InputError if the rule has no `eta`.
 */
export function learningRate(
  { rule, name, atOnce }: Pick<BuiltGroup, 'rule' | 'name' | 'atOnce'>,
  solver: string,
  trial?: number,
): number {
  if (!rule || atOnce) return 0;
  if (!Object.hasOwn(rule.params, LEARNING_RATE)) {
    throw new InputError(
      `synapses.${name}.rule`,
      `'${rule.name}' has no parameter '${LEARNING_RATE}', which ${solver} takes as its learning rate; add one to the rule`,
    );
  }
  const changing = Object.entries(rule.overTrials ?? {}).find(([parameter]) => parameter === LEARNING_RATE);
  return changing && trial !== undefined ? changing[1].at(trial) : rule.params[LEARNING_RATE];
}

/** Whether a reference changes a group's weights: its learning rate is not 0, or not in every trial. @throws InputError if the rule has none. */
export function descends(group: Pick<BuiltGroup, 'rule' | 'name' | 'atOnce'>, solver: string): boolean {
  const changes = !group.atOnce && group.rule?.overTrials?.[LEARNING_RATE] !== undefined;
  return learningRate(group, solver) !== 0 || changes;
}

/**
 * Called when the learning rate is set for a group that a reference does not change.
 *
 * @throws InputError unless the group learns at once, and so not by the reference: no gradient is computed for it.
 */
export function refuseDescent({ name, atOnce }: Pick<BuiltGroup, 'name' | 'atOnce'>): void {
  if (atOnce) return;
  throw new InputError(
    `tune.${name}.${LEARNING_RATE}`,
    'was 0 when the learner was opened, so it computes no gradient here; open it with a rate that is not 0, or with overTrials',
  );
}

/** The populations that a group's weights can influence, in the order the bus runs them. */
export function reachedFrom(
  circuit: BuiltCircuit,
  group: BuiltGroup,
  carrying: readonly BuiltGroup[],
): readonly BuiltPopulation[] {
  const reached = new Set([group.to]);
  for (const population of reached) {
    for (const { from, to, gate } of carrying) if (from === population || gate?.from === population) reached.add(to);
    for (const { from, to } of hearersOf(circuit)) if (from === population) reached.add(to);
  }
  return circuit.order.filter((population) => reached.has(population));
}

/**
 * @throws InputError if axons of a population with a model send in steps: those have no derivative. (The axons of input neurons need none.)
 * Noise is held fixed.
 */
export function refuseSending({ order }: BuiltCircuit, solver: string): void {
  for (const { name, sending } of order) {
    if (sending?.jumps === undefined) continue;
    throw new InputError(
      `axons.${name}.${sending.jumps}`,
      `makes what is sent jump, which has no derivative, so ${solver} cannot learn this circuit; leave it out, or learn by the circuit's own rules`,
    );
  }
}

/**
 * @throws InputError if synapses transmit through the state of their rule, which no reference runs; except for copies of weights that a
 * reference does not change.
 */
export function refuseAlso(
  groups: readonly Pick<BuiltGroup, 'name' | 'also' | 'atOnce' | 'rule'>[],
  solver: string,
): void {
  const found = groups.find(({ also, atOnce, rule }) => also && !(atOnce && rule?.lasting?.includes(also.weight)));
  if (!found) return;
  throw new InputError(
    `synapses.${found.name}.also`,
    `transmits through the state of a rule, and ${solver} runs no rules; leave it out, or learn by the circuit's own rules`,
  );
}

/**
 * Whether a gradient may run through numbers that one neuron, or a whole population, shares with others: gates, pools, and global scalars that
 * neurons make, or that input neurons make and neurons read; or through any gate of synapses that differ in delay. Only plain solvers can do that.
 */
export function sharesNumbers({ neurons, synapses, globals }: Circuit): boolean {
  const models = Object.values(neurons).flatMap(({ model }) => model ?? []);
  const read = new Set(models.flatMap(({ readings }) => globalsOf(readings)));
  return (
    Object.values(synapses).some((group) => group.gate && (neurons[group.gate.from].model ?? differInDelay(group))) ||
    models.some(({ pools }) => pools.length > 0) ||
    Object.entries(globals).some(([name, one]) => one.kind === 'neuron' && (neurons[one.from].model ?? read.has(name)))
  );
}

/** @throws InputError if the circuit carries on from trial to trial, which the learner cannot. */
export function refuseCarrying({ carries }: BuiltCircuit, learner: string, mend: string): void {
  if (!carries) return;
  throw new InputError('carry', `${learner} cannot carry on from trial to trial; ${mend}`);
}

/** @throws InputError if an acausal learner would learn online: its changes are known only when the trial has ended. */
export function refuseOnline(schedule: 'online' | 'trial', learner: string): void {
  if (schedule === 'trial') return;
  throw new InputError(
    'schedule',
    `${learner} cannot learn 'online': it is acausal, its changes are known only when the trial has ended; use 'trial', or a causal learner, such as rtrl`,
  );
}

/** @throws InputError if feedback weights are relearned: the circuit's own rules do that, and a reference runs none. */
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

/** @throws InputError if the influences of every weight on every neuron it reaches need too much memory. */
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
