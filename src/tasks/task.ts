import type { Stream } from '../random/index.ts';

/** One trial: what the sources play and what the outputs should answer, t = 1..T. Row t-1 is timestep t. */
export interface Trial {
  /** T. */
  readonly timesteps: number;
  /** Input x, [T][inputs], row-major. */
  readonly input: Float64Array;
  /** Target, [T][outputs], row-major. */
  readonly target: Float64Array;
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
   * The trial of this number (1, 2, ...). Everything random in it comes from `random`, a stream of this trial's own:
   * so a trial is the same however the run came to it.
   */
  trial(index: number, random: Stream): Trial;
}
