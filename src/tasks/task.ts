import { stream, type Stream } from '../random/index.ts';

/** What the network has done in a timestep, as a task sees it. */
export interface Played {
  /** The timestep, from 1. */
  readonly t: number;
  /** What the outputs did, [outputs], in the order of the target's channels. */
  readonly outputs: Float64Array;
}

/** What a task answers. Fields that are left out change nothing. */
export interface Answer {
  /** The input of the next timestep, [inputs], in place of the trial's. */
  readonly input?: ArrayLike<number>;
  /** The circuit's global scalars that come from the task, by name, from this timestep's learning on. Others are ignored. */
  readonly [scalar: string]: number | ArrayLike<number> | undefined;
}

/** One trial: what the sources play and what the outputs should answer, t = 1..T. Row t-1 is timestep t. */
export interface Trial {
  /** T. */
  readonly timesteps: number;
  /** Input x, [T][inputs], row-major. */
  readonly input: Float64Array;
  /** Target, [T][outputs], row-major. NaN where there is no target. */
  readonly target: Float64Array;
  /**
   * How the task responds to the network: called at every timestep, when the outputs are known, before anything is broadcast. A trial may be
   * played several times, so any state that this keeps between timesteps must start again at t = 1, and random numbers in it must be
   * drawn when the trial is made. Absent: no response.
   */
  readonly answer?: (played: Played) => Answer | undefined;
}

/** What is to be learned: makes trials. */
export interface Task {
  readonly name: string;
  /** Input channels: the sizes of the circuit's input populations, added up. */
  readonly inputs: number;
  /** Target channels: the sizes of the circuit's output populations, added up. */
  readonly outputs: number;
  /** What fixes the task, as plain data: goes into the summary, and a run is only resumed on the same task. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * The trial of this number (1, 2, ...). Everything random in it comes from `random`, this trial's own stream, so a trial does not depend on
   * how the run reached it. `earlier` gives the streams of earlier trials, each from its beginning, for tasks whose trials are parts of one
   * longer stream; absent where a trial is made alone, as the first would be.
   */
  trial(index: number, random: Stream, earlier?: (index: number) => Stream): Trial;
  /** The lowest mean losses that can be reached, by what is known of the past. Figures of the loss show them. Absent: none. */
  readonly floors?: Readonly<Record<string, number>>;
  /** How what was learned is tested. Absent: by its loss alone. */
  readonly test?: Test;
}

/** The trial of this number of a session with this seed. */
export function trialOfTask(task: Task, index: number, seed: number): Trial {
  const streamOf = (number: number) => stream(seed, 'task', number);
  return task.trial(index, streamOf(index), streamOf);
}

/**
 * How what was learned is tested: trials of its own, played without learning, and how the answers to them are scored.
 * A score of the test is the mean over the trials that have it.
 */
export interface Test {
  /** What is scored, by name: letters, digits and spaces, such as `answered`. */
  readonly scores: Readonly<Record<string, Score>>;
  /** How many trials the test has. */
  readonly trials: number;
  /** Names of the first trials, whose outputs reports show, such as `['delay 150', 'delay 250']`. Absent: none. */
  readonly shown?: readonly string[];
  /**
   * The test trial of this number (1, 2, ...). `random` is its own stream, which depends on the seed and this number alone: the trial is
   * the same for every learner, however often it is tested.
   */
  trial(index: number, random: Stream): Trial;
  /**
   * The scores of an answer, by name; one that does not apply to this trial is left out, or NaN.
   *
   * @param answer What the outputs did, [T][outputs], row-major, as the target is.
   */
  score(trial: Trial, answer: Float64Array): Readonly<Record<string, number>>;
}

/** One score of a test. */
export interface Score {
  /** As on an axis: 'Test trials answered in time (fraction)'. */
  readonly label: string;
  /** Which values are better. */
  readonly better: 'higher' | 'lower';
}
