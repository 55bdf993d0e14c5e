import type { BuiltGroup, BuiltPopulation, Neurons } from '../circuit/index.ts';
import type { Operations } from '../local/index.ts';

/**
 * What a solver's update of a synapse is computed from, beside what its two neurons publish to it: read off the tables that the solver
 * runs by. It says what is read and nothing of how local that is; an audit measures that on the circuit.
 */
export interface Footprint {
  /** The neurons whose slope, retention and credit enter the update of a synapse onto this one; this one is among them. */
  readonly neurons: (population: BuiltPopulation, neuron: number) => readonly Neurons[];
  /** The groups whose weights enter, of those synapses that join two of these neurons. */
  readonly carrying: readonly BuiltGroup[];
  /** The groups whose weights enter by which these neurons are read out, to bring the error back. */
  readonly transposed: readonly BuiltGroup[];
  /** Whether a population is given credit of its own. */
  readonly credited: (population: BuiltPopulation) => boolean;
  /** Whether credit runs backward in time: from a neuron's next timestep to this one, and from where an axon arrives to where it left. */
  readonly backward: boolean;
  /** How many numbers are kept for each synapse of a group, at most, from one timestep to the next, its weight among them. */
  readonly numbers: (group: BuiltGroup) => number;
  /** How many numbers are kept for each neuron and every timestep of the trial, until its end. */
  readonly numbersPerTimestep: number;
  /** What is computed for each synapse of a group, at most, in every timestep, beside the network itself. */
  readonly operations: (group: BuiltGroup) => Operations;
  /** What enters the update of a group's synapses that is one number for all of them, and follows from no neuron's credit. Default: nothing does. */
  readonly scalars?: (group: BuiltGroup) => readonly string[];
  /**
   * What the learner keeps for pairs of neurons, as synapses between them would, and reads from either end for the update of a group's synapses: they
   * then need numbers that synapses on other neurons hold, transposed. Default: nothing.
   */
  readonly mirrored?: (group: BuiltGroup) => readonly string[];
}
