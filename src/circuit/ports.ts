import type { PhaseName } from './timestep/step.ts';
import type { Observable } from 'rxjs';
import type { Numbers } from '../local/index.ts';

/** What can be watched of one synapse. */
export interface SynapsePorts {
  /** The current weight. */
  readonly weight: number;
  /** The weight, each time changes are applied. */
  readonly weight$: Observable<number>;
  /** The rule's state (for RFLO the eligibility trace, { p }), at the end of each learn phase. */
  readonly trace$: Observable<Numbers>;
}

/** What can be watched of one neuron (in a circuit that repeats, once a sweep); an input neuron has an axon only. */
export interface NeuronPorts {
  /** The rate, once a timestep. */
  readonly axon$: Observable<number>;
  /** The summed input u(t), once a timestep. */
  readonly dendrite$: Observable<number>;
  /** The learning signal l(t), once a timestep. */
  readonly signal$: Observable<number>;
}

/** What happens in a timestep, in this order. Transmit and integrate come once for each population, in the circuit's order. */
export type Phase = PhaseName;

/** A phase that has just ended. */
export interface PhaseEnd {
  readonly phase: Phase;
  /** t = 1..T; in a circuit that repeats, the sweep, counted from the start of the trial. */
  readonly timestep: number;
  /** The population that receives (transmit) or integrates. */
  readonly population?: string;
  /** The group that has learned at once. */
  readonly group?: string;
}

/** What can be watched of an engine while it runs. Indices count from 0. */
export interface Ports {
  /** @throws InputError if there is no such neuron. */
  neuron(population: string, index: number): NeuronPorts;
  /** A neuron of an input population. @throws InputError if there is none. */
  source(population: string, index: number): Pick<NeuronPorts, 'axon$'>;
  /** @throws InputError if there is no such synapse. */
  synapse(group: string, post: number, pre: number): SynapsePorts;
  /** The error vector e(t), all output neurons, in the order of `outputs`, once a timestep. */
  readonly error$: Observable<Float64Array>;
  /** Every phase of every timestep, as it ends. */
  readonly phase$: Observable<PhaseEnd>;
  /** Completes every port: nothing more will come. */
  complete(): void;
}
