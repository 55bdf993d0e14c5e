import { InputError } from '../errors/index.ts';
import type { PlanOverrides, Realization } from '../training/index.ts';

/** One realization that is to be run: plain data, since circuits and tasks hold functions, which no thread can send another. */
export interface Job {
  /** The scenario file as it was given: that is how errors name it. */
  readonly file: string;
  /** What that is relative to. */
  readonly directory: string;
  readonly seed: number;
  /** The learner's name; by default the first that the scenario compares. */
  readonly learner?: string;
  readonly overrides: Omit<PlanOverrides, 'seed' | 'learners'>;
  /** The task's test is played after trials n, 2n, ..., and at the end; absent: at the end. */
  readonly testEvery?: number;
  /** Where the realization is to write its course as it goes, for others to see: the memory of a SharedCourse. */
  readonly course?: SharedArrayBuffer;
}

/** An error in the input, as plain data: it comes from another thread. */
export type Wrong = Pick<InputError, 'place' | 'problem' | 'excerpt'>;

/** What comes of a job: a realization, or what is wrong with the scenario. */
export type Outcome = { readonly realization: Realization } | { readonly wrong: Wrong };

/** What is wrong with a scenario, as the error that it was in the worker. */
export function inputErrorOf({ place, problem, excerpt }: Wrong): InputError {
  return new InputError(place, problem, excerpt);
}
