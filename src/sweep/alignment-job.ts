import type { RunError } from '../errors/index.ts';
import type { AlignedLearner } from '../recording/index.ts';
import type { BesideResult, PlanOverrides } from '../training/index.ts';
import type { Wrong } from './job.ts';

/** A part of an alignment, as plain data. */
export type AlignmentJob = SeedJob | CostJob;

interface Common {
  /** The scenario file as it was given. */
  readonly file: string;
  /** What that is relative to. */
  readonly directory: string;
  readonly overrides: Omit<PlanOverrides, 'seed'>;
}

/** What learners estimate on one seed's activity. */
export interface SeedJob extends Common {
  readonly seed: number;
  readonly repeats: number;
  /** How much is done, in millionths, as an int32 that other threads read. */
  readonly progress: SharedArrayBuffer;
}

/** What a learner costs, and its locality class. */
export interface CostJob extends Common {
  readonly seed?: undefined;
  /** Its index among the compared learners, from 0. */
  readonly learner: number;
}

/** The result of a part; or what is wrong with the scenario, or which learner failed. */
export type AlignmentOutcome =
  | { readonly beside: BesideResult }
  | { readonly cost: AlignedLearner }
  | { readonly wrong: Wrong }
  | { readonly failed: Pick<RunError, 'actor' | 'problem' | 'kind' | 'timestep' | 'trial'> };

/** How much of a job is done, 0 to 1, in memory shared by threads. */
export class SharedProgress {
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(4);
  }

  private readonly millionths: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.millionths = new Int32Array(memory);
  }

  get done(): number {
    return Atomics.load(this.millionths, 0) / 1e6;
  }

  set done(part: number) {
    Atomics.store(this.millionths, 0, Math.floor(part * 1e6));
  }
}
