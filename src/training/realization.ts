import type { GroupWeights } from '../circuit/index.ts';
import { RunError } from '../errors/index.ts';
import type { StopReason } from './events.ts';

/** What every realization gives, as plain data. */
interface Course {
  readonly seed: number;
  /** The loss of each trial, in order. */
  readonly losses: Float64Array;
  /** The feedback alignment after each trial, -1..1; NaN if there is none. */
  readonly alignment: Float64Array;
  /** The scores of the task's test over training; if it ran to its end, also after its last trial. Empty if the task has no test. */
  readonly tested: ScoreCourse;
}

/** The scores of a test over training. */
export interface ScoreCourse {
  /** After which trials the test was played, ascending. */
  readonly trials: Float64Array;
  /** By the name of the score, one value for each of `trials`; NaN if the score applies to no trial of the test. */
  readonly scores: Readonly<Record<string, Float64Array>>;
}

/** The scores of a realization that was never tested. */
export function untested(): ScoreCourse {
  return { trials: new Float64Array(0), scores: {} };
}

/** A realization that ran to its end. */
export interface FinishedRealization extends Course {
  readonly reason: StopReason;
  /** The learner's name. */
  readonly learner: string;
  /** The weights at the end. */
  readonly weights: GroupWeights;
  /**
   * What each output population answers at the end, by name, in the session's first trial, run once more without learning; null if a
   * value becomes non-finite in it.
   */
  readonly outputs: Outputs | null;
  /** The same in the test trials that reports show, except those in which a value becomes non-finite. */
  readonly shown: readonly ShownTrial[];
}

/** What each output population did in one trial, by name. */
export type Outputs = Readonly<Record<string, OutputActivity>>;

/** What the outputs answer in a test trial. */
export interface ShownTrial {
  /** The trial's name in the test. */
  readonly label: string;
  readonly outputs: Outputs;
}

/** The activity of an output population in one trial, and its target: [T][size], row-major. */
export interface OutputActivity {
  readonly size: number;
  readonly rates: Float64Array;
  readonly target: Float64Array;
}

/** A realization that failed: its losses are those of the trials before. */
export interface FailedRealization extends Course {
  readonly reason: 'failed';
  /** The learner's name; null if the worker ended before it reported it. */
  readonly learner: string | null;
  /** What happened, and where and when. */
  readonly error: string;
  /** True: a value became non-finite, which is a result like any other. False: something broke. */
  readonly diverged: boolean;
}

export type Realization = FinishedRealization | FailedRealization;

/** Whether a session failed because a value that the network computed became non-finite. */
export function hasDiverged(error: Error): boolean {
  return error instanceof RunError && error.kind === 'diverged';
}
