/** Where the neurons keep the weights of one B: a row for each neuron of each feedback that has it. */
export type Rows = readonly Float64Array[];

/**
 * Keeps the neurons' feedback weights as they are to be while synapses learn.
 *
 * Where they follow the readout (symmetric feedback, or one held at an angle to it) this is weight transport. It reads synapses that sit
 * on other neurons, which no actor of the circuit can do: it stands outside the circuit as a hand of the experimenter, and a learner that
 * needs it is not local. Where they are relearned, each neuron's weights are those of synapses that sit on it.
 */
export class CarriedFeedback {
  private readonly b: Float64Array;

  constructor(
    /** Writes B, [neurons][outputs], row-major. */
    private readonly write: (b: Float64Array) => void,
    /** By feedback. */
    private readonly heldBy: readonly Rows[],
    /** How many weights of synapses on other neurons it takes for that: 0 where the weights are those of synapses on the neuron itself. */
    readonly transported: number,
  ) {
    this.b = new Float64Array(heldBy[0].length * heldBy[0][0].length);
  }

  carry(): void {
    const { b } = this;
    this.write(b);
    for (const rows of this.heldBy) {
      let at = 0;
      for (const row of rows) for (let k = 0; k < row.length; k++) row[k] = b[at++];
    }
  }
}
