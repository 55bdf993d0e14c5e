import {
  carryingGroups,
  isCredited,
  reachWithin,
  timestepOf,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type FeedbackKind,
} from '../../circuit/index.ts';
import type { Footprint } from '../../solvers/index.ts';

/** What a learner keeps and computes for each synapse of a group. */
export interface SynapseCost {
  readonly numbers: (group: BuiltGroup) => number;
  readonly operations: Footprint['operations'];
}

/**
 * Outputs that are not part of the state, because nothing later depends on them: the effect of their synapses on the error is known at once, exactly.
 */
export function readouts(circuit: BuiltCircuit): ReadonlySet<BuiltPopulation> {
  const { partials, constants } = timestepOf(circuit, { feedback: [], signalled: () => false, derivatives: true });
  const isKept = (population: BuiltPopulation) =>
    circuit.groups.some(({ from }) => from === population) ||
    partials.some(({ by, late, value }) => by.population === population && late > 0 && constants.get(value) !== 0);
  return new Set(circuit.outputs.filter((population) => !isKept(population)));
}

/** Sums over the whole network scale the number of every synapse, except for synapses on a readout. */
export function everyone(circuit: BuiltCircuit, feedback: FeedbackKind, cost: SynapseCost): Footprint {
  const all = circuit.order.map((population) => ({
    population,
    neurons: Int32Array.from({ length: population.size }, (_, i) => i),
  }));
  const apart = readouts(circuit);
  const own = within(circuit, feedback, 1, cost);
  return {
    ...own,
    carrying: carryingGroups(circuit, feedback),
    neurons: (population, neuron) => (apart.has(population) ? own.neurons(population, neuron) : all),
  };
}

/**
 * The neurons within fewer than `steps` steps of its own, and the weights between them. Errors come through feedback, or through the transposed
 * weights of the readout. If axons between neurons have no delay, credit crosses all of them in one timestep.
 */
export function within(circuit: BuiltCircuit, feedback: FeedbackKind, steps: number, cost: SynapseCost): Footprint {
  const inner = carryingGroups(circuit, 'random');
  // A neuron without inputs, such as one that always sends 1, passes no credit on.
  const hears = (population: BuiltPopulation) => circuit.groups.some(({ to }) => to === population);
  const isInstant = inner.some(({ delay, from }) => delay === 0 && hears(from));
  const reached = isInstant ? Infinity : steps;
  const carrying = reached > 1 ? inner : [];
  const transposed =
    feedback === 'random' ? [] : carryingGroups(circuit, feedback).filter((one) => !inner.includes(one));
  return {
    neurons: reachWithin(circuit, carrying, reached),
    ...{ carrying, transposed },
    credited: (population) =>
      isCredited(circuit, feedback, population) || transposed.some(({ from }) => from === population),
    backward: false,
    numbersPerTimestep: 0,
    ...cost,
  };
}

/** A matrix that a learner multiplies by from both sides, for all synapses except those on readouts. */
export function mirrored(circuit: BuiltCircuit, matrix: string): NonNullable<Footprint['mirrored']> {
  const apart = readouts(circuit);
  return (group) => (apart.has(group.to) ? [] : [matrix]);
}
