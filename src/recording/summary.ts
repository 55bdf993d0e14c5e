import type { TurnedDials } from '../circuit/index.ts';
import type { Certificate } from '../locality/index.ts';
import type { LocalPart } from './local-part.ts';

/** How one learner of a run fared. */
export interface LearnerSummary {
  readonly learner: string;
  /** The name of what it learns by: 'local', the circuit's own rules, or that of another algorithm. */
  readonly algorithm: string;
  /** What sentences call the algorithm. */
  readonly title: string;
  /** The algorithm's settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the algorithm follows the exact gradient, given symmetric feedback. */
  readonly exact: boolean;
  /** Whether the algorithm has kernels. */
  readonly kernels: boolean;
  /** Why it could not run as kernels: 'no kernels', or 'no kernels for trials that carry on'. Absent: it could. */
  readonly lack?: string;
  /** Its own rules in place of the circuit's, by synapse group. Absent: it has none. */
  readonly rules?: Readonly<
    Record<
      string,
      {
        readonly rule: string;
        readonly params: Readonly<Record<string, number | string>>;
        /** In place of the group's. */
        readonly optimiser?: { readonly name: string; readonly params: Readonly<Record<string, number | string>> };
      }
    >
  >;
  /** 'actors', 'kernels', or the algorithm's name where its plain solver ran. */
  readonly engine: string;
  /** 'f64', or 'f32' on kernels. */
  readonly precision: string;
  readonly schedule: string;
  /** How changes were to be found: 'history', when a trial had ended, or 'trace', in every timestep; absent: as each group says, or its neurons. */
  readonly evaluation?: 'history' | 'trace';
  /** Trials after which changes were taken up; absent: each. */
  readonly batch?: number;
  readonly feedback: string;
  /** In how many trials its learning rates fell by half; 0: they did not fall. */
  readonly rateHalfLife: number;
  readonly trials: number;
  /** Why it ended; 'failed' with `error` when the run failed. */
  readonly ended: string;
  readonly error: string | null;
  readonly firstLoss: number | null;
  /** Loss of the last trial. */
  readonly lastLoss: number | null;
  /** Mean loss over the last tenth of the trials, at most 100 (see `finalLoss`). */
  readonly finalLoss: number | null;
  /** Of the last trial; null where there is none, or the learner does not use the feedback weights. */
  readonly alignment: number | null;
  /** Of the last trial in which the first probe of it was taken, over all plastic groups, -1..1; null without one. */
  readonly gradientAlignment: number | null;
  /** Of the task's test after learning, by name: null where it bears on no test trial, 'diverged' where a value stops being finite in one. */
  readonly scores: Readonly<Record<string, number | 'diverged' | null>>;
  /** Seconds spent in trials, and milliseconds a trial. Wall-clock: not part of what a seed fixes. */
  readonly seconds: number;
  readonly millisecondsPerTrial: number | null;
}

/** One learner on two engines, or in two precisions, compared by what was recorded of it. */
export interface EngineComparison {
  /** In the run's order. */
  readonly learners: readonly [string, string];
  /** The trials that both did: of these, every loss, alignment and reading was compared, and the weights they began with. */
  readonly trials: number;
  /** Whether the weights after learning were compared: only where both did as many trials. */
  readonly weightsAfter: boolean;
  /** Whether all that was compared has the same bits. */
  readonly same: boolean;
  /** The first that has not; trial null: before learning. */
  readonly firstDifference: { readonly trial: number | null; readonly what: string } | null;
  /** Which of them took less time a trial, and how many times less. Wall-clock. */
  readonly faster: string | null;
  readonly times: number | null;
}

/** `summary.json`: what ran, with what, and what came out. */
export interface Summary {
  readonly format: 'rxflo-summary/2';
  readonly title: string;
  readonly scenario: string;
  readonly state: 'finished' | 'interrupted' | 'failed';
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  /** The scenario's options as they were set. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** The stop rules as they were set; null where there was none. */
  readonly stops: {
    readonly trials: number | null;
    readonly targetLoss: number | null;
    readonly patience: number | null;
    readonly seconds: number | null;
  };
  /** The probes as they were set, by name: in this order their readings hold the actors of `only`, or else all. */
  readonly probes: Readonly<Record<string, unknown>>;
  readonly circuit: {
    readonly populations: readonly {
      name: string;
      model: string;
      size: number;
      params: Readonly<Record<string, number | string>>;
      /** The dials on its axons that are turned, by name. */
      dials: TurnedDials;
    }[];
    readonly synapses: readonly {
      name: string;
      from: string;
      to: string;
      /** One number, or the least and the longest, as '1 to 20'. */
      delay: number | string;
      count: number;
      rule: string | null;
      params: Readonly<Record<string, number | string>>;
      /** The dials on its weights and traces that are turned, by name, and the neuron that gates it. */
      dials: TurnedDials;
    }[];
    readonly feedback: readonly {
      name: string;
      from: string;
      to: string;
      /** The dials on its weights and its broadcast that are turned, by name. */
      dials: TurnedDials;
    }[];
    /** Every rule and neuron model, with what is known of it from its text. */
    readonly local: readonly LocalPart[];
  };
  readonly task: { readonly name: string; readonly settings: Readonly<Record<string, unknown>> };
  readonly learners: readonly LearnerSummary[];
  /** Each two of them that differ in their engine or precision alone. */
  readonly comparisons: readonly EngineComparison[];
  /** How local each learner is, in the run's order. */
  readonly certificates: readonly Certificate[];
}
