import { InputError, onlyFields, show } from '../../errors/index.ts';
import type { Population } from '../../neurons/index.ts';
import { checkKnown } from '../checks.ts';

/**
 * A neuron that gates the axons of a synapse group, like an axo-axonic synapse: what it sends scales what these axons bring to their synapses.
 *
 *     r_j(t) = s(t-1) h_j(t-delay)            u_i(t) += sum_j W_ij r_j(t)
 *
 * s(t-1) is what the gate neuron sent in the timestep before, one event for all axons of the group; at t = 1 its initial rate, and 0 for an
 * input neuron. Dials on its population's axons apply (`threshold`, `bits`, `noise`), but not their `delay`: a gate is always one timestep late.
 * `r_j` is what the synapses' rules see as `pre.rate`: where the gate is closed (s = 0), nothing is carried, and traces only decay. For RFLO's
 * trace that is exact: dh_i/dW_ij = slope_i r_j.
 */
export interface Gate<Name extends string = string> {
  /** The gate neuron's population, one of any kind. */
  readonly from: Name;
  /** Which of its neurons, from 0. Default 0. */
  readonly neuron?: number;
}

/** @throws InputError if there is no such neuron. */
export function checkGate(place: string, gate: Gate, neurons: Readonly<Record<string, Population>>): void {
  onlyFields(place, gate, ['from', 'neuron']);
  const { from, neuron = 0 } = gate;
  checkKnown(`${place}.from`, from, neurons);
  const { size } = neurons[from];
  if (!Number.isInteger(neuron) || neuron < 0 || neuron >= size) {
    const mend = size === 1 ? 'give 0, or leave it out' : `give a whole number, 0 to ${size - 1}`;
    throw new InputError(`${place}.neuron`, `${show(neuron)} is not a neuron of '${from}'; ${mend}`);
  }
}
