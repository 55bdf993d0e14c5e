import type { Numbers, Value } from '../../local/index.ts';
import type { BuiltFeedback, BuiltGroup, BuiltPopulation } from '../built.ts';
import type { TunedNumber } from '../dials/tunable.ts';

/**
 * What happens in a timestep, in this order. Transmit and integrate come once for each population, in the circuit's order; a group that
 * learns at once does so between them, as soon as it can.
 */
export type PhaseName =
  'tick' | 'transmit' | 'integrate' | 'learn at once' | 'compare' | 'broadcast' | 'learn' | 'apply';

/** Which part of a timestep something belongs to. */
export interface Stage {
  readonly phase: PhaseName;
  /** The population that receives (transmit) or integrates. */
  readonly population?: BuiltPopulation;
  /** The group that learns at once. */
  readonly group?: BuiltGroup;
}

/** What the numbers of a row are, and who may see them. */
export type RowKind =
  /** The sum of a dendritic port: private to its neuron. */
  | 'port'
  /** What a neuron keeps from timestep to timestep: private to it. */
  | 'state'
  /** What its axon sends. */
  | 'message'
  /** What it publishes to the synapses on it. */
  | 'shown'
  /** How one of its numbers depends on another: for references only. */
  | 'derivative'
  /** An output's target minus what it sends. */
  | 'error'
  /** What an output adds to a sum over its population; and such a sum, or the largest. */
  | 'summand'
  | 'total'
  /** A global scalar. */
  | 'global'
  /** The learning signal that it computes from errors. */
  | 'signal'
  /** What the axons of one synapse group, or of one feedback, bring to its synapses, if that differs from what was sent. */
  | 'brought';

/** One number for each neuron of a population, in every timestep. Everything that neurons hold is in rows, and nothing else is. */
export interface Row {
  readonly population: BuiltPopulation;
  /** The name under which it is published: 'rate', 'potential', 'error', ... Unique in its population. */
  readonly name: string;
  readonly kind: RowKind;
  /** Its numbers before the first timestep, [population.size]; only `Timestep.tune` changes them. */
  readonly initial: Float64Array;
}

/** Where a step finds a number for a neuron. */
export type Source =
  /** The neuron's own number in a row of its population, `late` timesteps ago; before the first, the row's initial number. */
  | { readonly kind: 'row'; readonly row: Row; readonly late: number }
  /** One neuron's number in a row of any population, the same for all. */
  | { readonly kind: 'element'; readonly row: Row; readonly neuron: number; readonly late: number }
  /** The same number for all, always; or a number for each neuron, [size]. */
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  /** The same number for all, which may change from trial to trial: its current value, [1]. */
  | { readonly kind: 'tuned'; readonly number: TunedNumber; readonly now: Float64Array }
  /**
   * The trial's input or target: the channel of neuron 0; those of the others follow. In a circuit that repeats, the target is NaN (no target),
   * except in the last sweep of a timestep.
   */
  | { readonly kind: 'input' | 'target'; readonly channel: number }
  /** A random number, uniform on (0, 1), for each neuron and timestep, or sweep. */
  | { readonly kind: 'draw'; readonly seed: number }
  /** t, from 1. */
  | { readonly kind: 'timestep' }
  /** Of a circuit that repeats: which sweep of the timestep it is, from 0; and 1 in the last, else 0. */
  | { readonly kind: 'sweep' | 'last' }
  /** The number of timesteps since the session began, including this one. */
  | { readonly kind: 'count' };

/** A row that is computed, neuron by neuron: from its graph, or by an opaque function. */
export type Result =
  | { readonly row: Row; readonly value: Value; readonly opaque?: never }
  | { readonly row: Row; readonly opaque: (view: Numbers) => number; readonly value?: never };

/** Every neuron of a population computes its own numbers. */
export interface ComputeStep {
  readonly do: 'compute';
  readonly stage: Stage;
  readonly population: BuiltPopulation;
  readonly results: readonly Result[];
  /** The sources of the names that the results read. A result of the same step is read as a row, `late` 0. */
  readonly reads: ReadonlyMap<string, Source>;
}

/** Where synapses find what they are brought: `row` of `late` timesteps ago. */
export interface Way {
  readonly row: Row;
  readonly late: number;
  /** How many timesteps longer it takes than the shortest of the group. */
  readonly longer: number;
}

/** The ways of synapses that have delays of their own. */
export interface Ways {
  /** The shortest first. */
  readonly all: readonly Way[];
  /** Which of them each synapse has, [synapses]. */
  readonly of: Int32Array;
}

/** Weights, and the row that they are multiplied by: `row` of `late` timesteps ago. */
export interface Term {
  readonly weights: BuiltGroup | BuiltFeedback;
  /** The variable of the state of the group's rule that replaces the weights. */
  readonly by?: string;
  readonly row: Row;
  readonly late: number;
  /** Present if synapses have delays of their own: then `row` and `late` are those of the shortest. Absent: all have these. */
  readonly ways?: Ways;
}

/**
 * Every neuron sums its weighted inputs:
 *
 *     into_i = start_i + sum over the terms, in their order, of sum_j W_ij row_j      by ascending j
 *
 * If synapses have delays of their own, row_j is that of the synapse.
 */
export interface SumStep {
  readonly do: 'sum';
  readonly stage: Stage;
  readonly population: BuiltPopulation;
  readonly into: Row;
  /** Absent: 0. */
  readonly start?: Row;
  readonly terms: readonly Term[];
}

/** The numbers of a row, or their squares, are added to the trial's score, neuron after neuron. The loss is half of that, over T. */
export interface ScoreStep {
  readonly do: 'score';
  readonly stage: Stage;
  readonly population: BuiltPopulation;
  readonly row: Row;
  readonly adds: 'numbers' | 'squares';
}

/** Sums the numbers of a row, neuron after neuron from 0, or finds the largest: one number for the whole population. */
export interface TotalStep {
  readonly do: 'total';
  readonly stage: Stage;
  readonly population: BuiltPopulation;
  readonly row: Row;
  readonly of: 'sum' | 'largest';
  /** A row of a population of size 1 that holds this number. */
  readonly into: Row;
}

/** Updates feedback weights that follow other weights. */
export interface CarryStep {
  readonly do: 'carry';
  readonly stage: Stage;
  readonly feedback: BuiltFeedback;
}

/** Every synapse of a group updates its state and requests its change. In a sweep that is not the last of its timestep it only updates its state. */
export interface LearnStep {
  readonly do: 'learn';
  readonly stage: Stage;
  readonly group: BuiltGroup;
  /**
   * The sources of `pre.`, `post.` and `global.` names: a row of the presynaptic or of the postsynaptic population, an element of the row that is
   * a global scalar, or a number that never changes.
   */
  readonly reads: ReadonlyMap<string, Source>;
  /** Present if synapses have delays of their own: where they find what they read of their presynaptic neurons. */
  readonly ways?: Ways;
}

/** Every synapse of a group applies the changes it has requested, in the last sweep of a timestep. */
export interface ApplyStep {
  readonly do: 'apply';
  readonly stage: Stage;
  readonly group: BuiltGroup;
}

export type Step = ComputeStep | SumStep | TotalStep | ScoreStep | CarryStep | LearnStep | ApplyStep;

/** How a row depends on another one, neuron by neuron: d of(t) / d by(t - late). */
export interface PartialDerivative {
  readonly of: Row;
  readonly by: Row;
  readonly late: number;
  /** The one neuron of `by` that all neurons of `of` read. Absent: each reads its own. */
  readonly neuron?: number;
  /** The row that holds it; its numbers may never change. */
  readonly value: Row;
}

/** A synapse group at work: the row that its weights are multiplied by, and the row into which that is summed. */
export interface Connection extends Omit<Term, 'weights'> {
  readonly group: BuiltGroup;
  readonly into: Row;
}
