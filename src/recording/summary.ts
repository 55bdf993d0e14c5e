import type { TurnedDials } from '../circuit/index.ts';
import type { Certificate } from '../locality/index.ts';
import type { LocalPart } from './local-part.ts';

/** The results of one learner of a run. */
export interface LearnerSummary {
  readonly learner: string;
  /** The name of its algorithm; 'local' for the circuit's own rules. */
  readonly algorithm: string;
  /** The algorithm's name in sentences. */
  readonly title: string;
  /** The algorithm's settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the algorithm follows the exact gradient, given symmetric feedback. */
  readonly exact: boolean;
  /** Whether the algorithm has kernels. */
  readonly kernels: boolean;
  /** Why it could not run on kernels, such as 'no kernels for trials that carry on'. Absent if it could. */
  readonly lack?: string;
  /** Its own rules, which replace the circuit's, by synapse group. Absent: it has none. */
  readonly rules?: Readonly<
    Record<
      string,
      {
        readonly rule: string;
        readonly params: Readonly<Record<string, number | string>>;
        /** Replaces the group's. */
        readonly optimiser?: { readonly name: string; readonly params: Readonly<Record<string, number | string>> };
      }
    >
  >;
  /** 'actors', 'kernels', or the algorithm's name if its plain solver ran. */
  readonly engine: string;
  /** 'f64', or 'f32' on kernels. */
  readonly precision: string;
  readonly schedule: string;
  /** How changes were computed: 'history', after each trial, or 'trace', in every timestep; absent: as each group or its neurons define. */
  readonly evaluation?: 'history' | 'trace';
  /** Changes were applied after this many trials; absent: after each. */
  readonly batch?: number;
  readonly feedback: string;
  /** The number of trials in which its learning rates halved; 0: they were constant. */
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
  /** Of the last trial; null if there is none, or the learner does not use the feedback weights. */
  readonly alignment: number | null;
  /** Over all plastic groups, as the first probe of it read it last, -1..1; null without such a probe. */
  readonly gradientAlignment: number | null;
  /** Of the task's test after learning, by name: null if it applies to no test trial, 'diverged' if a value becomes non-finite in one. */
  readonly scores: Readonly<Record<string, number | 'diverged' | null>>;
  /** Seconds spent in trials, and milliseconds per trial. Wall-clock: not determined by the seed. */
  readonly seconds: number;
  readonly millisecondsPerTrial: number | null;
}

/** Compares the recordings of one learner on two engines, or in two precisions. */
export interface EngineComparison {
  /** In the run's order. */
  readonly learners: readonly [string, string];
  /** The trials that both did: every loss, alignment and reading of these was compared, and the initial weights. */
  readonly trials: number;
  /** Whether the weights after learning were compared: only if both did the same number of trials. */
  readonly weightsAfter: boolean;
  /** Whether all that was compared has the same bits. */
  readonly same: boolean;
  /** The first difference; trial null: before learning. */
  readonly firstDifference: { readonly trial: number | null; readonly what: string } | null;
  /** Which of them took less time per trial, and how many times less. Wall-clock. */
  readonly faster: string | null;
  readonly times: number | null;
}

/** `summary.json`: what ran, with which settings, and the results. */
export interface Summary {
  readonly format: 'rxflo-summary/2';
  readonly title: string;
  readonly scenario: string;
  readonly state: 'finished' | 'interrupted' | 'failed';
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  /** The scenario's options as they were set. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Each trial started from the state in which the previous one left the network. Absent: from the initial state. */
  readonly carry?: true;
  /** The stop rules as they were set; null for those that were not. */
  readonly stops: {
    readonly trials: number | null;
    readonly targetLoss: number | null;
    readonly patience: number | null;
    readonly seconds: number | null;
  };
  /** The probes as they were set, by name; readings hold the actors of `only` in its order, or else all. */
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
    /** Every rule and neuron model, with what its text shows. */
    readonly local: readonly LocalPart[];
  };
  readonly task: { readonly name: string; readonly settings: Readonly<Record<string, unknown>> };
  readonly learners: readonly LearnerSummary[];
  /** Each pair of learners that differ only in their engine or precision. */
  readonly comparisons: readonly EngineComparison[];
  /** How local each learner is, in the run's order. */
  readonly certificates: readonly Certificate[];
}
