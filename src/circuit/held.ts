import type { BuiltFeedback, BuiltGroup, BuiltPopulation } from './built.ts';

/** What some numbers are that an engine holds, and whose. */
export type Place =
  /**
   * One for each neuron of a population: what it published, or summed up as input, `ago` timesteps before the current one; what it sent only
   * where that is not its rate.
   */
  | {
      readonly kind: 'rate' | 'sent' | 'slope' | 'retention' | 'signal' | 'potential';
      readonly population: BuiltPopulation;
      readonly ago: number;
    }
  /** One for each presynaptic neuron of a group: the rate that its axon brought to its synapses in this timestep. */
  | { readonly kind: 'axon'; readonly group: BuiltGroup }
  /** `group.delay` for each presynaptic neuron of a group: rates on their way along its axon. */
  | { readonly kind: 'line'; readonly group: BuiltGroup }
  /** One for each synapse of a group: its weight, or the sum of the changes it has asked for that are not applied yet. */
  | { readonly kind: 'weight' | 'asked'; readonly group: BuiltGroup }
  /** One for each synapse of a group: a variable of its rule's state. */
  | { readonly kind: 'state'; readonly group: BuiltGroup; readonly variable: string }
  /**
   * dh_i/dw of these neurons i of a population by the weights w of synapses first .. first + width - 1 of a group, `ago` timesteps before;
   * [neurons][width].
   */
  | {
      readonly kind: 'influence';
      readonly group: BuiltGroup;
      readonly population: BuiltPopulation;
      readonly neurons: Int32Array;
      readonly first: number;
      readonly width: number;
      readonly ago: number;
    }
  /** B, [to.size][from.size]: row i belongs to neuron i of the population that receives it. */
  | { readonly kind: 'feedback'; readonly feedback: BuiltFeedback }
  /** One for each output neuron, in the order of the circuit's outputs. */
  | { readonly kind: 'error' }
  /** The trial's input or target, [timesteps][channels]. */
  | { readonly kind: 'input' | 'target'; readonly channels: number };

/** Numbers of one kind that an engine holds while a trial runs: each can be read and changed, in a phase's end or between trials. */
export interface Held {
  readonly place: Place;
  /** How many there are now: a trial's input and target are longer in longer trials. */
  readonly length: number;
  get(k: number): number;
  /** What the engine computes from then on, it computes with this number. */
  set(k: number, value: number): void;
}

/** Held numbers that lie in an array, which may be another one in another trial. */
export function heldArray(
  place: Place,
  array: () => Float32Array | Float64Array,
  length = () => array().length,
  at: (k: number) => number = (k) => k,
): Held {
  return {
    place,
    get length() {
      return length();
    },
    get: (k) => array()[at(k)],
    set: (k, value) => {
      array()[at(k)] = value;
    },
  };
}
