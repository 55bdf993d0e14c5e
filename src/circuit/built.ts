import type { Loss } from '../losses/index.ts';
import type { Numbers } from '../local/index.ts';
import type { NeuronModel } from '../neurons/index.ts';
import type { Optimiser } from '../optimisers/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import type { Sending } from './dials/axon.ts';
import type { BuiltBroadcast } from './dials/broadcast.ts';
import type { Form, Rotation } from './dials/feedback-weights.ts';
import type { Settling } from './dials/weights.ts';
import type { Also } from './ends.ts';
import type { CheckedGlobal } from './globals.ts';
import type { History } from './evaluation.ts';
import type { Act } from './order.ts';
import type { TunedNumber } from './dials/tunable.ts';

/** A population with its numbers. */
export interface BuiltPopulation {
  readonly name: string;
  readonly index: number;
  readonly size: number;
  /** Absent: input neurons. */
  readonly model?: NeuronModel;
  /** One number for all neurons, or one for each, [size]. */
  readonly params: Readonly<Record<string, number | Float64Array>>;
  /** The tunable ones of these, and `rows` for other values of them. Absent: none is tunable. */
  readonly tunable?: {
    readonly numbers: readonly TunedNumber[];
    readonly rowsWith: (params: Numbers) => BuiltPopulation['rows'];
  };
  /** The seeds of its neurons' noise, by name. */
  readonly noise: Readonly<Record<string, number>>;
  /** The numbers of its neurons at t = 0, by the name of the row, [size]: their state, and what their axons would send. */
  readonly rows: Readonly<Record<string, Float64Array>>;
  /** The one of these that weights multiply by default: h(0). */
  readonly initial: Float64Array;
  /** Its loss as an output; absent: half the squared error. */
  readonly loss?: Loss;
  /** How its axons change the rates they send; absent: not at all. */
  readonly sending?: Sending;
}

/** The neuron that gates the axons of a group. */
export interface BuiltGate {
  readonly from: BuiltPopulation;
  readonly neuron: number;
}

/** A synapse group with its numbers: compressed rows, ordered by postsynaptic, then presynaptic neuron. */
export interface BuiltGroup {
  readonly name: string;
  readonly index: number;
  readonly from: BuiltPopulation;
  readonly to: BuiltPopulation;
  /** The row of the presynaptic neurons that the axons carry. */
  readonly carries: string;
  /** The name under which its synapses read that row, besides `out`. */
  readonly message: string;
  /** The row of the postsynaptic neurons that sums the weighted messages. */
  readonly port: string;
  /** Timesteps from a neuron's rate to the synapse, including the axon's own delay: the least of any synapse. */
  readonly delay: number;
  /** The additional delay of each synapse in timesteps, [synapses]; absent: none. */
  readonly longer?: Int32Array;
  /** The rule that the synapses run, with its traces as set by the dials. */
  readonly rule?: PlasticityRule;
  /** Whether the synapses apply changes as soon as they can, in every timestep. */
  readonly atOnce: boolean;
  /** A second port, and the variable of the rule's state that is the synapses' weight there. */
  readonly also?: Also;
  /** Whether the rule's state is kept from trial to trial; otherwise every trial resets it. */
  readonly keepsTraces: boolean;
  /** How its rule is evaluated when a trial has ended; absent: in every timestep. */
  readonly history?: History;
  /** Synapses of postsynaptic neuron i are rowStart[i] .. rowStart[i+1]-1; [to.size + 1]. */
  readonly rowStart: Int32Array;
  /** Presynaptic neuron of each synapse. */
  readonly pre: Int32Array;
  /** Initial weight of each synapse. */
  readonly weights: Float64Array;
  /** Transforms a change before the dials do; absent: the change is not transformed. */
  readonly optimiser?: Optimiser;
  /** The constraints on weights when changes are applied; absent: none. See takeUpOf for the whole update. */
  readonly settling?: Settling;
  /** Absent: the axons are not gated. */
  readonly gate?: BuiltGate;
}

/** Feedback with its numbers. */
export interface BuiltFeedback {
  readonly name: string;
  readonly index: number;
  readonly from: BuiltPopulation;
  readonly to: BuiltPopulation;
  /** B as learning begins, [to.size][from.size], row-major. Feedbacks that share their weights have the same array. */
  readonly weights: Float64Array;
  /** How B follows weights that learn; shared as B is. Absent: B never changes. */
  readonly carriage?: Carriage;
  /** The synapses of a relearned B: from the error's axons, to the neurons. They learn, and transmit nothing. */
  readonly synapses?: BuiltGroup;
  /** How the error is sent; absent: unchanged, at once. */
  readonly broadcast?: BuiltBroadcast;
}

/** A circuit with every number drawn: what engines and solvers run. */
export interface BuiltCircuit {
  readonly populations: readonly BuiltPopulation[];
  /** Populations with a model, in the order the bus runs them. */
  readonly order: readonly BuiltPopulation[];
  /** What they do in a timestep, in this order. */
  readonly acts: readonly Act[];
  /** Input populations; the task's input channels are assigned to them in this order. */
  readonly inputs: readonly BuiltPopulation[];
  /** Output populations; the task's target channels are assigned to them in this order. */
  readonly outputs: readonly BuiltPopulation[];
  readonly groups: readonly BuiltGroup[];
  readonly feedback: readonly BuiltFeedback[];
  readonly globals: readonly BuiltGlobal[];
  /** Whether neurons and traces are kept from trial to trial; otherwise each trial starts from the initial state. */
  readonly carries: boolean;
  /** How many times each timestep is run; absent: once. */
  readonly repeat?: BuiltRepeat;
  /** A population of size 1 that holds the global scalars, which all neurons and synapses may see. */
  readonly everyone: BuiltPopulation;
}

/** How many times each timestep is run, see Repeat. */
export interface BuiltRepeat {
  readonly times: number;
  /** The rows that end a timestep early when they have settled, and the first sweep, from 0, at which they can. */
  readonly until?: {
    readonly population: BuiltPopulation;
    readonly rows: readonly string[];
    readonly moves: number;
    readonly from: number;
  };
}

/** A global scalar, and where it comes from: the time, the task, or the message of a neuron in the timestep before. */
export type BuiltGlobal = { readonly name: string } & (
  | Exclude<CheckedGlobal, { readonly kind: 'neuron' }>
  | { readonly kind: 'neuron'; readonly from: BuiltPopulation; readonly neuron: number; readonly row: string }
);

/** How feedback weights follow weights that learn: those are copied into B, which is then rotated if it has an angle, and given its form. */
export interface Carriage {
  readonly sources: readonly CarriedGroup[];
  /** Absent: B is what is carried. */
  readonly rotation?: Rotation;
  /** Absent: weights are used unchanged. */
  readonly form?: Form;
}

/** A group whose weights are carried. Where several end in one place, they are summed in the order of the groups. */
export interface CarriedGroup {
  readonly group: BuiltGroup;
  /** Where in B each synapse's weight goes. */
  readonly place: Int32Array;
}
