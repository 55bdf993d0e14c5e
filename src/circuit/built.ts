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
  /** Of these, the ones that may change, and `rows` as they are with others. Absent: none. */
  readonly tunable?: {
    readonly numbers: readonly TunedNumber[];
    readonly rowsWith: (params: Numbers) => BuiltPopulation['rows'];
  };
  /** The seeds of its neurons' noise, by name. */
  readonly noise: Readonly<Record<string, number>>;
  /** What its neurons have at t = 0, by the name of the row, [size]: their state, and what their axons would send. */
  readonly rows: Readonly<Record<string, Float64Array>>;
  /** Of these, what weights multiply if a group does not say: h(0). */
  readonly initial: Float64Array;
  /** What it is held to, as an output; absent: half the squared error. */
  readonly loss?: Loss;
  /** What its axons make of its rates; absent: they send them as they are. */
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
  /** What its synapses call that, besides `out`. */
  readonly message: string;
  /** The row of the postsynaptic neurons that sums up what is brought. */
  readonly port: string;
  /** Timesteps from a neuron's rate to the synapse, the axon's own counted: the least of any synapse. */
  readonly delay: number;
  /** How many timesteps longer it takes to each synapse, [synapses]; absent: to none. */
  readonly longer?: Int32Array;
  /** The rule that the synapses run, its traces as the dials make them. */
  readonly rule?: PlasticityRule;
  /** Whether the synapses take up what they learn as soon as they can, in every timestep. */
  readonly atOnce: boolean;
  /** A second port, and the number of the rule's state through which the synapses transmit to it what they carry. */
  readonly also?: Also;
  /** Whether the rule's state goes on from trial to trial; else each starts it anew. */
  readonly keepsTraces: boolean;
  /** How its rule is evaluated when a trial has ended; absent: in every timestep. */
  readonly history?: History;
  /** Synapses of postsynaptic neuron i are rowStart[i] .. rowStart[i+1]-1; [to.size + 1]. */
  readonly rowStart: Int32Array;
  /** Presynaptic neuron of each synapse. */
  readonly pre: Int32Array;
  /** Initial weight of each synapse. */
  readonly weights: Float64Array;
  /** What becomes of a change before dials; absent: it stays as it is. */
  readonly optimiser?: Optimiser;
  /** What weights are held to when they take up changes; absent: nothing. See takeUpOf for the whole. */
  readonly settling?: Settling;
  /** Absent: the axons bring what they are sent. */
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
  /** How the error is sent; absent: as it is. */
  readonly broadcast?: BuiltBroadcast;
}

/** A circuit with every number drawn: what engines and solvers run. */
export interface BuiltCircuit {
  readonly populations: readonly BuiltPopulation[];
  /** Populations with a model, in the order the bus runs them. */
  readonly order: readonly BuiltPopulation[];
  /** What they do in a timestep, one thing after another. */
  readonly acts: readonly Act[];
  /** Input populations; the task's input channels are laid over them in this order. */
  readonly inputs: readonly BuiltPopulation[];
  /** Output populations; the task's target channels are laid over them in this order. */
  readonly outputs: readonly BuiltPopulation[];
  readonly groups: readonly BuiltGroup[];
  readonly feedback: readonly BuiltFeedback[];
  readonly globals: readonly BuiltGlobal[];
  /** Whether neurons and traces go on from trial to trial as they were; else each trial begins anew. */
  readonly carries: boolean;
  /** How often each timestep is run through; absent: once. */
  readonly repeat?: BuiltRepeat;
  /** Everyone as one: it has the global scalars, a number each, that all neurons and synapses may see. */
  readonly everyone: BuiltPopulation;
}

/** How often each timestep is run through, see Repeat. */
export interface BuiltRepeat {
  readonly times: number;
  /** The rows whose numbers end a timestep early, and the first sweep, from 0, that can be the last for their sake. */
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

/** How feedback weights follow weights that learn: those are carried into B, turned if they are to be, and each then takes its form. */
export interface Carriage {
  readonly sources: readonly CarriedGroup[];
  /** Absent: B is what is carried. */
  readonly rotation?: Rotation;
  /** Absent: as they are. */
  readonly form?: Form;
}

/** A group whose weights are carried. Where several end in one place, they are summed in the order of the groups. */
export interface CarriedGroup {
  readonly group: BuiltGroup;
  /** Where in B each synapse's weight goes. */
  readonly place: Int32Array;
}
