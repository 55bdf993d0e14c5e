import type { Ending } from './axon.ts';

/** Where a neuron sums up its inputs. */
export class Dendrite {
  /** The sum so far. The initial value is a fraction, so that V8 stores it as a double from the start. */
  sum = 0.5;

  receive(current: number): void {
    this.sum += current;
  }
}

/**
 * A synapse: holds its weight `w`, its rule's state (p as `state_p`) and the change it has requested.
 * It knows what its axon's branches bring and the dendrite it sits on, and nothing else.
 */
export interface Synapse extends Ending {
  w: number;
  /** Sum of the changes requested and not yet applied. */
  asked: number;
  /** One variable of its state. */
  get(variable: string): number;
  set(variable: string, value: number): void;
}

/** A branch of one neuron's dendrite: one group's synapses sit on it and learn from what the neuron tells it. */
export class DendriteBranch {
  /** What its neuron last told it: one number for each name that the rule reads. */
  readonly told: Float64Array;

  constructor(
    readonly synapses: readonly Synapse[],
    names: number,
    readonly nameOf: (synapse: number) => string,
  ) {
    this.told = new Float64Array(names);
  }
}

/** Where a branch receives one of its neuron's numbers. */
export class Ear {
  constructor(
    private readonly told: Float64Array,
    private readonly place: number,
  ) {}

  hear(value: number): void {
    this.told[this.place] = value;
  }
}
