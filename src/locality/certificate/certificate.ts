import type { Operations, Scope } from '../../local/index.ts';
import type { LocalityClass } from './classes.ts';
import type { LoihiForm } from './loihi.ts';

/** One thing that an update needs. */
export interface Need {
  readonly class: LocalityClass;
  /** What it is, as it follows on "it reads". */
  readonly what: string;
}

/** Whose the numbers are that an update reads; those after `parameter` no synapse can be sent. */
export type ReadScope = Scope | 'other neurons' | 'other weights' | 'later timesteps';

/** What is certified of the synapses that learn alike: those of a group, or of a rule wherever it is used. */
export interface SynapseCertificate {
  /** The synapse group; null: of a rule, wherever it is used. */
  readonly group: string | null;
  /** The rule by which it learns; null under a solver. */
  readonly rule: string | null;
  readonly class: LocalityClass;
  readonly needs: readonly Need[];
  /** What is read, by whose it is; null where that is not known. */
  readonly reads: Readonly<Partial<Record<ReadScope, readonly string[]>>> | null;
  /** What each synapse keeps from timestep to timestep, its weight included, in float64; null where that is not known. */
  readonly stores: {
    readonly numbers: number;
    readonly bytes: number;
    /** Numbers kept besides for each neuron and every timestep until the trial ends. */
    readonly perNeuronAndTimestep: number;
  } | null;
  /** What is computed for each synapse in every timestep; null where that is not known. */
  readonly computes: { readonly operations: Operations; readonly total: number } | null;
  /** Whether a timestep's update needs nothing from later timesteps; null where that is not known. */
  readonly causal: boolean | null;
  /** The rule as Loihi 2's learning engine would have it; null under a solver, and where nothing is known. */
  readonly loihi: LoihiForm | null;
  /** What else there is to say: that nothing is learned here, say. */
  readonly notes: readonly string[];
}

/** What a synapse needs to learn, found by analysis: of a plasticity rule, or of a learner on a circuit. Plain data. */
export interface Certificate {
  readonly format: 'rxflo-certificate/1';
  /** A neuron model stands here only where it was refused. */
  readonly kind: 'rule' | 'neuron model' | 'learner';
  readonly name: string;
  /** The least local of all that it needs. */
  readonly class: LocalityClass;
  /** In one line. */
  readonly verdict: string;
  readonly causal: boolean | null;
  /** What crosses the line of locality, each thing named; empty where nothing does. */
  readonly crossing: readonly string[];
  readonly synapses: readonly SynapseCertificate[];
}
