import type { PlanOverrides } from '../training/index.ts';
import type { Realization } from './realization.ts';

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
}

/** What comes of a job: a realization, or what is wrong with the scenario. */
export type Outcome =
  { readonly realization: Realization } | { readonly wrong: { readonly place: string; readonly problem: string } };
