import type { StopReason } from '../training/index.ts';
import type { HeaderRecord } from './records.ts';
import type { Summary } from './summary.ts';

/** A run directory, read back: what reports and exports are made from. A run that is still going reads just as well. */
export interface RunData {
  /** The run directory, as it was given. */
  readonly directory: string;
  /** Null while the run has not ended, or when it was killed. */
  readonly summary: Summary | null;
  readonly header: HeaderRecord;
  /** In the header's order: one for each of its learners, also for one that has not begun. */
  readonly learners: readonly LearnerData[];
  /** True if the recording ends in a record that was never written whole; everything before it is here. */
  readonly torn: boolean;
}

/** What one learner left in the recording. Names map to data in the order in which they were recorded. */
export interface LearnerData {
  readonly name: string;
  readonly trials: TrialColumns;
  /** The names of all probes that have read something. */
  readonly read: readonly string[];
  /** By the probe's name; those whose readings were asked for. */
  readonly probes: ReadonlyMap<string, ProbeColumns>;
  /** By the synapse group's name, and `feedback.NAME` for B; empty if this moment was not recorded. */
  readonly weights: { readonly before: ReadonlyMap<string, Numbers2D>; readonly after: ReadonlyMap<string, Numbers2D> };
  /** By the population's name; empty if this moment was not recorded. */
  readonly activity: {
    readonly before: ReadonlyMap<string, ActivityData>;
    readonly after: ReadonlyMap<string, ActivityData>;
  };
  /** What the probes that are shown read in one trial, [T][width] by the probe's name; empty if this moment was not recorded. */
  readonly shown: { readonly before: ReadonlyMap<string, Numbers2D>; readonly after: ReadonlyMap<string, Numbers2D> };
  /** The scores of the test after learning, in the order of the header; null where they were not recorded. */
  readonly scores: Float64Array | null;
  /** How it ended; null while it goes on, or when it was killed. */
  readonly finished: { readonly reason: StopReason; readonly trials: number } | null;
}

/** One entry a trial, in the order they ran; the three have one length. */
export interface TrialColumns {
  /** 1, 2, ... */
  readonly trial: Float64Array;
  readonly loss: Float64Array;
  /** -1..1; NaN where there is none. */
  readonly alignment: Float64Array;
}

/** One row a reading, in the order they were taken. */
export interface ProbeColumns {
  /** The trial of each reading, [readings]. */
  readonly trial: Float64Array;
  /** The timestep 1..T of each reading, NaN for one at the end of a trial, [readings]. */
  readonly timestep: Float64Array;
  /** [readings][width], row-major. */
  readonly values: Float64Array;
  /** How many numbers one reading is. */
  readonly width: number;
}

/** A matrix: shape [rows, columns], row-major. Weights: row = postsynaptic, column = presynaptic, NaN where no synapse is. */
export interface Numbers2D {
  readonly shape: readonly [number, number];
  readonly values: Float64Array;
}

/** One trial run without learning. */
export interface ActivityData {
  /** [T, neurons]: the shape of `rates`, and of `target` where there is one. */
  readonly shape: readonly [number, number];
  /** Row t-1 is timestep t. */
  readonly rates: Float64Array;
  /** What an output population should have done; null for other populations. */
  readonly target: Float64Array | null;
}
