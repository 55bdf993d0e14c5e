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

/** What comes of a job: a realization, or what is wrong with the scenario. */
export type Outcome =
  { readonly realization: Realization } | { readonly wrong: { readonly place: string; readonly problem: string } };
