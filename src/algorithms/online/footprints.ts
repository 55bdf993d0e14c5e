import {
  carryingGroups,
  isCredited,
  reachWithin,
  type BuiltCircuit,
  type BuiltGroup,
  type FeedbackKind,
} from '../../circuit/index.ts';
import type { Footprint } from '../../solvers/index.ts';

/** What a learner keeps and computes for each synapse of a group. */
export interface SynapseCost {
  readonly numbers: (group: BuiltGroup) => number;
  readonly operations: Footprint['operations'];
}

/** Sums over the whole network scale every synapse's number. */
export function everyone(circuit: BuiltCircuit, feedback: FeedbackKind, cost: SynapseCost): Footprint {
  const all = circuit.order.map((population) => ({
    population,
    neurons: Int32Array.from({ length: population.size }, (_, i) => i),
  }));
  return { ...within(circuit, feedback, 1, cost), carrying: carryingGroups(circuit, feedback), neurons: () => all };
}

/** The neurons within fewer than so many steps of its own, and the weights between them. */
export function within(circuit: BuiltCircuit, feedback: FeedbackKind, steps: number, cost: SynapseCost): Footprint {
  const carrying = steps > 1 ? carryingGroups(circuit, feedback) : [];
  return {
    neurons: reachWithin(circuit, carrying, steps),
    carrying,
    transposed: [],
    credited: (population) => isCredited(circuit, feedback, population),
    backward: false,
    numbersPerTimestep: 0,
    ...cost,
  };
}

/** Credit crosses at most H - 1 synapses in H timesteps, if each takes a timestep or more. */
export function stepsBack(circuit: BuiltCircuit, H: number): number {
  const isInstant = ({ delay, from }: BuiltGroup) => delay === 0 && from.model !== undefined;
  return carryingGroups(circuit, 'random').some(isInstant) ? Infinity : H;
}
