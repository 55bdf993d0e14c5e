import type { BuiltGroup, BuiltPopulation, Neurons } from '../circuit/index.ts';
import type { Operations } from '../local/index.ts';

/**
 * What a solver's update of a synapse is computed from, apart from what its two neurons publish to it; derived from the tables that the
 * solver runs on. It says what is read, not how local that is; an audit measures that on the circuit.
 */
export interface Footprint {
  /** The neurons whose slope, retention and credit enter the update of a synapse onto this one; this one is among them. */
  readonly neurons: (population: BuiltPopulation, neuron: number) => readonly Neurons[];
  /** The groups whose weights enter, but only weights of synapses between two of these neurons. */
  readonly carrying: readonly BuiltGroup[];
  /** The groups that read these neurons out and whose weights enter, to bring the error back. */
  readonly transposed: readonly BuiltGroup[];
  /** Whether a population receives its own credit. */
  readonly credited: (population: BuiltPopulation) => boolean;
  /** Whether credit runs backward in time: from a neuron's next timestep to this one, and from where an axon arrives to where it left. */
  readonly backward: boolean;
  /** How many numbers are kept for each synapse of a group, at most, from one timestep to the next, including its weight. */
  readonly numbers: (group: BuiltGroup) => number;
  /** How many numbers are kept for each neuron and every timestep of the trial, until its end. */
  readonly numbersPerTimestep: number;
  /** What is computed for each synapse of a group, at most, in every timestep, in addition to the network itself. */
  readonly operations: (group: BuiltGroup) => Operations;
  /** Scalars that enter the updates of all synapses of a group and do not follow from any neuron's credit. Default: none. */
  readonly scalars?: (group: BuiltGroup) => readonly string[];
  /**
   * What the learner keeps for pairs of neurons, like synapses between them, and reads from both ends to update a group's synapses: these then
   * need the transpose of numbers that synapses on other neurons hold. Default: nothing.
   */
  readonly mirrored?: (group: BuiltGroup) => readonly string[];
}
