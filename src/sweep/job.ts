import { InputError } from '../errors/index.ts';
import type { PlanOverrides, Realization } from '../training/index.ts';

/** One realization to run. Plain data: circuits and tasks hold functions, which cannot be sent to another thread. */
export interface Job {
  /** The scenario file as it was given; errors name it in this way. */
  readonly file: string;
  /** What that is relative to. */
  readonly directory: string;
  readonly seed: number;
  /** The learner's name; by default the first that the scenario compares. */
  readonly learner?: string;
  readonly overrides: Omit<PlanOverrides, 'seed' | 'learners'>;
  /** The task's test is played after trials n, 2n, ..., and at the end; absent: at the end. */
  readonly testEvery?: number;
  /** Where the realization writes its course while it runs, for other threads: the memory of a SharedCourse. */
  readonly course?: SharedArrayBuffer;
}

/** An error in the input, as plain data from another thread. */
export type Wrong = Pick<InputError, 'place' | 'problem' | 'excerpt'>;

/** The result of a job: a realization, or what is wrong with the scenario. */
export type Outcome = { readonly realization: Realization } | { readonly wrong: Wrong };

/** What is wrong with a scenario, as the error that it was in the worker. */
export function inputErrorOf({ place, problem, excerpt }: Wrong): InputError {
  return new InputError(place, problem, excerpt);
}
