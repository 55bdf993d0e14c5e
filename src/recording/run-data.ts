import type { StopReason } from '../training/index.ts';
import type { HeaderRecord } from './records.ts';
import type { Summary } from './summary.ts';

/** The data of a run directory, for reports and exports. A run that has not ended can be read as well. */
export interface RunData {
  /** The run directory, as it was given. */
  readonly directory: string;
  /** Null if the run has not ended, or was killed. */
  readonly summary: Summary | null;
  readonly header: HeaderRecord;
  /** One for each learner in the header, in its order, including those that have not begun. */
  readonly learners: readonly LearnerData[];
  /** True if the recording ends in an incomplete record; everything before it is here. */
  readonly torn: boolean;
}

/** The data of one learner in the recording. Maps are in the order in which data were recorded. */
export interface LearnerData {
  readonly name: string;
  readonly trials: TrialColumns;
  /** The names of all probes that have read something. */
  readonly read: readonly string[];
  /** By the probe's name; only those whose readings are kept. */
  readonly probes: ReadonlyMap<string, ProbeColumns>;
  /** By the synapse group's name, and `feedback.NAME` for B; empty if this moment was not recorded. */
  readonly weights: { readonly before: ReadonlyMap<string, Numbers2D>; readonly after: ReadonlyMap<string, Numbers2D> };
  /** By the population's name; empty if this moment was not recorded. */
  readonly activity: {
    readonly before: ReadonlyMap<string, ActivityData>;
    readonly after: ReadonlyMap<string, ActivityData>;
  };
  /** The readings of shown probes in one trial, [T][width] by the probe's name; empty if this moment was not recorded. */
  readonly shown: { readonly before: ReadonlyMap<string, Numbers2D>; readonly after: ReadonlyMap<string, Numbers2D> };
  /** The scores of the test after learning, in the order of the header; null if they were not recorded. */
  readonly scores: Float64Array | null;
  /** How it ended; null if it is running, or was killed. */
  readonly finished: { readonly reason: StopReason; readonly trials: number } | null;
}

/** One entry for each trial, in order; the three arrays have the same length. */
export interface TrialColumns {
  /** 1, 2, ... */
  readonly trial: Float64Array;
  readonly loss: Float64Array;
  /** -1..1; NaN if there is none. */
  readonly alignment: Float64Array;
}

/** One row for each reading, in the order in which they were taken. */
export interface ProbeColumns {
  /** The trial of each reading, [readings]. */
  readonly trial: Float64Array;
  /** The timestep 1..T of each reading, NaN for one at the end of a trial, [readings]. */
  readonly timestep: Float64Array;
  /** [readings][width], row-major. */
  readonly values: Float64Array;
  /** How many numbers a reading has. */
  readonly width: number;
}

/** A matrix: shape [rows, columns], row-major. Weights: row = postsynaptic, column = presynaptic, NaN where there is no synapse. */
export interface Numbers2D {
  readonly shape: readonly [number, number];
  readonly values: Float64Array;
}

/** One trial run without learning. */
export interface ActivityData {
  /** [T, neurons]: the shape of `rates`, and of `target` if there is one. */
  readonly shape: readonly [number, number];
  /** Row t-1 is timestep t. */
  readonly rates: Float64Array;
  /** The target of an output population; null for other populations. */
  readonly target: Float64Array | null;
}
