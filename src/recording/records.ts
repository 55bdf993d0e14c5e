import type { Score } from '../tasks/index.ts';
import type { Floor, StopReason } from '../training/index.ts';

/** Numbers with a shape, as in a recording: little-endian float64, row-major. The field names are NumPy's. */
export interface NumberArray {
  readonly dtype: '<f8';
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The first record: what the recording contains. */
export interface HeaderRecord {
  readonly kind: 'header';
  readonly format: 'rxflo-recording/1';
  readonly title: string;
  readonly seed: number;
  readonly learners: readonly string[];
  /** Learners that did not run in float64; absent if all did. The engine is not here: it does not change what is recorded. */
  readonly precision?: Readonly<Record<string, 'f32'>>;
  /**
   * The probes that measure gradient alignment, by name: the synapse groups of their columns, after the first column, which is for all groups
   * together. Absent if there is no such probe.
   */
  readonly gradientAlignment?: Readonly<Record<string, readonly string[]>>;
  /** The scores of the task's test, in the order of its numbers, and the probes that read it. Absent if the task has no test. */
  readonly test?: { readonly scores: readonly NamedScore[]; readonly probes: readonly string[] };
  /** The floors of the task's loss. Absent if it has none. */
  readonly floors?: readonly Floor[];
  /** The name of the outputs' loss. Absent: half the mean squared error for all. */
  readonly loss?: string;
  /** How many numbers a reading of each probe has, by name, whether or not it was read. Absent if there are no probes. */
  readonly probes?: Readonly<Record<string, number>>;
}

/** A score in a list of scores: readers in other languages may not keep the order of an object. */
export interface NamedScore extends Score {
  readonly name: string;
}

export interface TrialRecord {
  readonly kind: 'trial';
  readonly learner: string;
  readonly trial: number;
  readonly loss: number;
  readonly alignment: number | null;
}

export interface ProbeRecord {
  readonly kind: 'probe';
  readonly learner: string;
  readonly probe: string;
  readonly trial: number;
  readonly timestep: number | null;
  readonly values: NumberArray;
}

/** Before learning, or after it. */
export type Moment = 'before' | 'after';

/** The prefix of the names of feedback weights; no synapse group has a dot in its name. */
export const FEEDBACK = 'feedback.';

/**
 * The weights of a synapse group as a matrix [postsynaptic][presynaptic]; NaN where there is no synapse. Or those of a feedback, whose `group`
 * is `feedback.NAME`: B as the neurons use it, [receiving neuron][output neuron].
 */
export interface WeightsRecord {
  readonly kind: 'weights';
  readonly learner: string;
  readonly when: Moment;
  readonly group: string;
  readonly values: NumberArray;
}

/** One trial run without learning: the rates of a population, [T][size]; an output population also has its target. */
export interface ActivityRecord {
  readonly kind: 'activity';
  readonly learner: string;
  readonly when: Moment;
  readonly population: string;
  readonly rates: NumberArray;
  readonly target: NumberArray | null;
}

/** The readings of a shown probe in one trial: [T][width], row t-1 is timestep t. */
export interface ShownRecord {
  readonly kind: 'shown';
  readonly learner: string;
  readonly when: Moment;
  readonly probe: string;
  readonly values: NumberArray;
}

/** The scores of the task's test after learning, in the order of the header: [scores]. */
export interface ScoresRecord {
  readonly kind: 'scores';
  readonly learner: string;
  readonly values: NumberArray;
}

export interface FinishedRecord {
  readonly kind: 'finished';
  readonly learner: string;
  readonly reason: StopReason;
  readonly trials: number;
}

export type RunRecord =
  | HeaderRecord
  | TrialRecord
  | ProbeRecord
  | WeightsRecord
  | ActivityRecord
  | ShownRecord
  | ScoresRecord
  | FinishedRecord;

/** The scores of a test as a list. */
export function namedScores(scores: Readonly<Record<string, Score>>): readonly NamedScore[] {
  return Object.entries(scores).map(([name, { label, better }]) => ({ name, label, better }));
}

/** Packs numbers for a recording. */
export function numberArray(values: Float64Array, shape: readonly number[]): NumberArray {
  const data = new Uint8Array(values.length * 8);
  const view = new DataView(data.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat64(i * 8, values[i], true);
  return { dtype: '<f8', shape, data };
}

/** The numbers of a packed array. */
export function numbersOf({ data }: NumberArray): Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float64Array(data.byteLength / 8);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(i * 8, true);
  return values;
}
