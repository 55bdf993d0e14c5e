/**
 * What a hand from outside the circuit brings to the synapses of a group, beside what their rules read: no neuron and no axon of the circuit could.
 *
 *     mirrored    the current weights of another group, whose synapses begin at a synapse's own neuron and end on others
 *     siblings    the current weights of all synapses of its axon, and the rates of the neurons that they end on
 */
export interface Outside {
  readonly group: string;
  readonly brings: (typeof BROUGHT)[number];
  /** The group whose weights they are. */
  readonly of: string;
}

export const BROUGHT = ['mirrored', 'siblings'] as const;
