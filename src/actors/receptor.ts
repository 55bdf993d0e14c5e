import type { AxonBranch, Ending } from './axon.ts';
import type { Dendrite } from './dendrite.ts';

/** One of a neuron's own feedback weights: takes the error of one output neuron. */
export class Receptor implements Ending {
  constructor(
    public w: number,
    private readonly dendrite: Dendrite,
  ) {}

  transmit(error: number): void {
    this.dendrite.receive(this.w * error);
  }
}

export function passErrors(branches: readonly AxonBranch[]): void {
  for (const { endings, rate } of branches) for (const receptor of endings) receptor.transmit(rate);
}

/**
 * Keeps the neurons' feedback weights up to date while synapses learn.
 *
 * Where they follow the readout (symmetric feedback, or one held at an angle to it) this is weight transport. It reads synapses that sit
 * on other neurons, which no actor of the circuit can do: it acts from outside the circuit, like the hand of an experimenter, and a learner
 * that needs it is not local. Where they are relearned, each neuron's weights are those of synapses that sit on it.
 */
export class CarriedFeedback {
  private readonly b: Float64Array;

  constructor(
    /** Writes B, [neurons][outputs], row-major. */
    private readonly write: (b: Float64Array) => void,
    /** The receptors of each feedback that has this B, in its order. */
    private readonly receptors: readonly (readonly Receptor[])[],
    /** How many weights of synapses on other neurons it reads: 0 if the weights are those of synapses on the neuron itself. */
    readonly transported: number,
  ) {
    this.b = new Float64Array(receptors[0].length);
  }

  carry(): void {
    this.write(this.b);
    for (const receptors of this.receptors) receptors.forEach((receptor, k) => (receptor.w = this.b[k]));
  }
}
