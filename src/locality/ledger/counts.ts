import type { GroupTraffic } from '../../actors/index.ts';
import type { SynapseReads } from './metered-rule.ts';

/** Messages between actors in one trial. */
export interface Events {
  /** Rates that came to a synapse along an axon. */
  readonly axons: number;
  /** What a gate neuron sends, heard by an axon branch that it gates. */
  readonly gates: number;
  /** What a neuron publishes, told to a synapse that sits on it. */
  readonly publications: number;
  /** A global scalar, told to a synapse whose rule reads it. */
  readonly scalars: number;
  /** The error, heard by a neuron. */
  readonly errors: number;
  /** Weights carried from synapses to other neurons' feedback weights. */
  readonly transported: number;
}

/** What one trial of a learner took, counted while it ran. */
export interface Counts {
  /** Synapses that learn. */
  readonly synapses: number;
  /** Updates of a synapse: one for each synapse that learns, and timestep. Where a circuit repeats, all else is counted in every sweep. */
  readonly updates: number;
  /** Null for a solver: it sends nothing, and reads what it needs wherever it stands. */
  readonly events: Events | null;
  /** Numbers read in order to learn; null where counting them would have taken too long. */
  readonly reads: number | null;
  readonly writes: number | null;
  /** Additions, multiplications and other operations done in order to learn; null where that is not known. */
  readonly operations: number | null;
  /** Bytes kept in order to learn, beside the weights and the activity of the timestep at hand. */
  readonly bytes: number;
}

/** One learner at one size. */
export interface LedgerRow extends Counts {
  readonly learner: string;
  /** N. */
  readonly units: number;
  /** T. */
  readonly timesteps: number;
}

/** The counts of a circuit that learns by its own rules, and those of each synapse group, which they are the sums of. */
export interface LocalCounts {
  /** Timesteps that were run; in a circuit that repeats, sweeps. */
  readonly timesteps: number;
  readonly counts: Counts;
  readonly groups: readonly (GroupTraffic & { readonly rule?: string; readonly read: SynapseReads })[];
}
