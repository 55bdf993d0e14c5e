import type { Ending } from './axon.ts';

/** Where a neuron sums up what it is brought. */
export class Dendrite {
  /** The sum so far. Begun as a fraction, so that V8 stores it as a double from the start. */
  sum = 0.5;

  receive(current: number): void {
    this.sum += current;
  }
}

/**
 * A synapse: holds its weight `w`, its rule's state (p as `state_p`) and the change it has asked for.
 * It knows what its axon's branches bring and the dendrite it sits on, and nothing else.
 */
export interface Synapse extends Ending {
  w: number;
  /** Sum of the changes asked for and not yet applied. */
  asked: number;
  /** One variable of its state. */
  get(variable: string): number;
  set(variable: string, value: number): void;
}

/** A branch of one neuron's dendrite: one group's synapses sit on it and learn from what the neuron tells it. */
export class DendriteBranch {
  /** What its neuron has told it last: a number for each name that the rule reads of it. */
  readonly told: Float64Array;

  constructor(
    readonly synapses: readonly Synapse[],
    names: number,
    readonly nameOf: (synapse: number) => string,
  ) {
    this.told = new Float64Array(names);
  }
}

/** Where a branch hears one of its neuron's numbers. */
export class Ear {
  constructor(
    private readonly told: Float64Array,
    private readonly place: number,
  ) {}

  hear(value: number): void {
    this.told[this.place] = value;
  }
}
