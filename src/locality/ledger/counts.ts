import type { GroupTraffic } from '../../actors/index.ts';
import type { SynapseReads } from './metered-rule.ts';

/** Messages between actors in one trial. */
export interface Events {
  /** Rates that reached a synapse along an axon. */
  readonly axons: number;
  /** Numbers of a gate neuron that reached an axon branch that it gates. */
  readonly gates: number;
  /** Publications of a neuron that reached a synapse on it. */
  readonly publications: number;
  /** Global scalars that reached a synapse whose rule reads them. */
  readonly scalars: number;
  /** Errors that reached a neuron. */
  readonly errors: number;
  /** Weights carried from synapses to the feedback weights of other neurons. */
  readonly transported: number;
}

/** The costs of one trial of a learner, counted while it ran. */
export interface Counts {
  /** Synapses that learn. */
  readonly synapses: number;
  /** Updates of a synapse: one for each synapse that learns and each timestep. If a circuit repeats, everything else is counted in every sweep. */
  readonly updates: number;
  /** Null for a solver: it sends nothing, and reads whatever it needs from anywhere. */
  readonly events: Events | null;
  /** Numbers read in order to learn; null if counting them would have taken too long. */
  readonly reads: number | null;
  readonly writes: number | null;
  /** Additions, multiplications and other operations done in order to learn; null if unknown. */
  readonly operations: number | null;
  /** Bytes kept in order to learn, besides the weights and the activity of the current timestep. */
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

/** The counts of a circuit that learns by its own rules, and those of each synapse group, of which they are the sums. */
export interface LocalCounts {
  /** Timesteps that were run; in a circuit that repeats, sweeps. */
  readonly timesteps: number;
  readonly counts: Counts;
  readonly groups: readonly (GroupTraffic & { readonly rule?: string; readonly read: SynapseReads })[];
}
