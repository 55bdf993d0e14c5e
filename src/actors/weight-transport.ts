import type { Synapse } from './synapse.ts';

/** One readout synapse whose weight is carried into one place of one neuron's feedback weights. */
export interface Transported {
  readonly synapse: Synapse;
  readonly into: Float64Array;
  readonly at: number;
}

/**
 * Symmetric feedback: keeps the neurons' feedback weights equal to the readout's, transposed.
 *
 * This is weight transport. It reads synapses that sit on other neurons, which no actor of the circuit can do: it stands
 * outside the circuit as a hand of the experimenter, and a learner that needs it is not local.
 */
export class WeightTransport {
  constructor(
    /** The feedback weights of every neuron; where no readout synapse is carried into a place, there is 0. */
    private readonly rows: readonly Float64Array[],
    private readonly transported: readonly Transported[],
  ) {}

  /** How many weights are carried at a time. */
  get size(): number {
    return this.transported.length;
  }

  carry(): void {
    for (const row of this.rows) row.fill(0);
    for (const { synapse, into, at } of this.transported) into[at] += synapse.w;
  }
}
