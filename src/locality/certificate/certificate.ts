import type { Operations, Scope } from '../../local/index.ts';
import type { LocalityClass } from './classes.ts';
import type { LoihiForm } from './loihi.ts';

/** One thing that an update needs. */
export interface Need {
  readonly class: LocalityClass;
  /** What it is, worded to follow "it reads". */
  readonly what: string;
}

/** The owner of the numbers that an update reads. Those after `parameter` cannot be sent to any synapse. */
export type ReadScope = Scope | 'other neurons' | 'other weights' | 'later timesteps';

/** What is certified of synapses that learn in the same way: those of a group, or of a rule wherever it is used. */
export interface SynapseCertificate {
  /** The synapse group; null for a rule, wherever it is used. */
  readonly group: string | null;
  /** The rule that they learn by; null under a solver. */
  readonly rule: string | null;
  readonly class: LocalityClass;
  readonly needs: readonly Need[];
  /** What is read, by owner; null if unknown. */
  readonly reads: Readonly<Partial<Record<ReadScope, readonly string[]>>> | null;
  /** What each synapse keeps from timestep to timestep, including its weight, in float64; null if unknown. */
  readonly stores: {
    readonly numbers: number;
    readonly bytes: number;
    /** Numbers that are also kept for each neuron and every timestep until the trial ends. */
    readonly perNeuronAndTimestep: number;
  } | null;
  /** What is computed for each synapse in every timestep; null if unknown. */
  readonly computes: { readonly operations: Operations; readonly total: number } | null;
  /** Whether a timestep's update needs nothing from later timesteps; null if unknown. */
  readonly causal: boolean | null;
  /** The rule in the form of Loihi 2's learning engine; null under a solver, and if unknown. */
  readonly loihi: LoihiForm | null;
  /** Remarks, for example that nothing is learned here. */
  readonly notes: readonly string[];
}

/** What a synapse needs to learn, found by analysis: of a plasticity rule, or of a learner on a circuit. Plain data. */
export interface Certificate {
  readonly format: 'rxflo-certificate/1';
  /** 'neuron model' only if the model was refused. */
  readonly kind: 'rule' | 'neuron model' | 'learner';
  readonly name: string;
  /** The least local of all that it needs. */
  readonly class: LocalityClass;
  /** The result in one line. */
  readonly verdict: string;
  readonly causal: boolean | null;
  /** Everything that crosses the line of locality; empty if nothing does. */
  readonly crossing: readonly string[];
  readonly synapses: readonly SynapseCertificate[];
}
