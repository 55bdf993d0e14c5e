/**
 * What is brought from outside the circuit to the synapses of a group, in addition to what their rules read; no neuron or axon of the circuit could.
 *
 *     mirrored    the current weights of another group, whose synapses start at a synapse's own neuron and end on others
 *     siblings    the current weights of all synapses of its axon, and the rates of the neurons that they end on
 */
export interface Outside {
  readonly group: string;
  readonly brings: (typeof BROUGHT)[number];
  /** The group whose weights they are. */
  readonly of: string;
}

export const BROUGHT = ['mirrored', 'siblings'] as const;
