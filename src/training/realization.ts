import type { GroupWeights } from '../circuit/index.ts';
import { RunError } from '../errors/index.ts';
import type { StopReason } from './events.ts';

/** What every realization leaves, as plain data. */
interface Course {
  readonly seed: number;
  /** The loss of each trial, in order. */
  readonly losses: Float64Array;
  /** The feedback alignment after each trial, -1..1; NaN where there is none. */
  readonly alignment: Float64Array;
  /** What the task's test said, and when; of one that ran to its end, after its last trial, too. Empty where the task has no test. */
  readonly tested: ScoreCourse;
}

/** The scores of a test over training. */
export interface ScoreCourse {
  /** After which trials it was played, ascending. */
  readonly trials: Float64Array;
  /** By the name of the score, as many; NaN where it bears on no trial of the test. */
  readonly scores: Readonly<Record<string, Float64Array>>;
}

/** The course of who was never tested. */
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
   * What each output population answers at the end, by name, in the session's first trial, run once more without learning; null where a
   * value stops being finite in it.
   */
  readonly outputs: Outputs | null;
  /** The same in those test trials that the test wants shown; without those in which a value stops being finite. */
  readonly shown: readonly ShownTrial[];
}

/** What each output population did in one trial, by name. */
export type Outputs = Readonly<Record<string, OutputActivity>>;

/** What the outputs answer in a test trial. */
export interface ShownTrial {
  /** What the test calls the trial. */
  readonly label: string;
  readonly outputs: Outputs;
}

/** What an output population did in one trial, and what it should have done: [T][size], row-major. */
export interface OutputActivity {
  readonly size: number;
  readonly rates: Float64Array;
  readonly target: Float64Array;
}

/** A realization that failed: its losses are those of the trials before. */
export interface FailedRealization extends Course {
  readonly reason: 'failed';
  /** The learner's name; null where the worker ended before it told. */
  readonly learner: string | null;
  /** What happened, and where and when. */
  readonly error: string;
  /** Whether a value stopped being finite, which is a result like any other; else something broke. */
  readonly diverged: boolean;
}

export type Realization = FinishedRealization | FailedRealization;

/** Whether a session failed because a value that the network computed stopped being finite, and for no other reason. */
export function hasDiverged(error: Error): boolean {
  return error instanceof RunError && error.kind === 'diverged';
}
