import type { Numbers } from '../local/index.ts';
import type { Trial } from '../tasks/index.ts';
import type { BuiltCircuit } from './built.ts';
import type { Held } from './held.ts';
import type { Ports } from './ports.ts';
import type { Reader } from './reader.ts';

/** When changes are applied: at the end of every timestep, or summed and applied at the end of the trial. */
export type Schedule = 'online' | 'trial';

/**
 * Through which weights the error comes back.
 *
 * 'random': the circuit's own fixed feedback weights. 'symmetric': the current readout weights, transposed;
 * this is weight transport (a neuron would have to know other neurons' synapses), hence not local.
 */
export type FeedbackKind = 'random' | 'symmetric';

/** How an engine or solver learns. */
export interface LearningOptions {
  readonly schedule: Schedule;
  readonly feedback: FeedbackKind;
  /** With schedule 'trial': the number of trials after which changes are applied, as the mean over these trials. Default 1. */
  readonly batch?: number;
}

/**
 * The programs that kernels have. 'rules': the circuit's own rules. 'backward': the exact gradient, back through a whole trial.
 * 'influence': the same gradient, forward, by the influence of every weight on every neuron it reaches.
 */
export type KernelProgram = 'rules' | 'backward' | 'influence';

/** Weights by synapse group, each in the group's order of synapses. */
export type GroupWeights = Readonly<Record<string, Float64Array>>;

/**
 * What is kept from trial to trial besides the weights, by a name that says whose it is: `synapses.recurrent.p` holds the variable p of the
 * group `recurrent`, a number for each synapse in the group's order, and `synapses.recurrent.optimiser.m` one of its optimiser; `feedback.error`
 * holds the weights of the synapses that relearn the feedback `error`; `session.timesteps` holds, if a clock counts them, the timesteps since the
 * session began. In a circuit that carries on, `neurons.h.v` holds the number v of the neurons h in the last timesteps, the latest first, as many
 * as are read, and `globals.reward` the same of a global scalar. Empty if every trial starts from the initial state.
 */
export type Carried = Readonly<Record<string, Float64Array>>;

/**
 * Something published that can be recorded: of all neurons of a population, all synapses of a group (`feedback.error`: those that relearn the
 * feedback `error`), the error, or a global scalar.
 */
export type Published =
  | { readonly neurons: string; readonly value: string }
  | { readonly synapses: string; readonly value: string }
  | { readonly error: string }
  | { readonly global: string };

/** The phases of a timestep at whose end a trial can be paused for inspection. */
export type StopPhase = 'compare' | 'broadcast' | 'learn';

export interface TrialOptions {
  /**
   * Which trial this is, from 1; what is random within the trial depends on it. By default the one after the last. A trial with number 0 or less
   * is not part of the session: it starts from the initial state, and nothing is kept from it.
   */
  readonly number?: number;
  /** What every change of this trial is multiplied by, above 0: learning rates that fall from trial to trial. Default 1. */
  readonly pace?: number;
  /** False: run the trial and change no weight. Default true. */
  readonly learn?: boolean;
  /** Called at the end of every timestep t = 1..T, when its changes are applied: in a circuit that repeats, after its last sweep. */
  readonly onTimestep?: (timestep: number) => void;
  /**
   * Called when the errors are known ('compare'), when every neuron has its learning signal ('broadcast'), and when the synapses have
   * learned ('learn'). What `held` gives may be changed then. A learner that learns a timestep only when the trial has ended, as BPTT
   * does, ends its 'learn' only then. In a circuit that repeats, this is called in every sweep, and `timestep` counts sweeps. Kernels
   * that learn online apply a change as they compute it: there, 'learn' ends with the change applied.
   */
  readonly onPhase?: (ended: StopPhase, timestep: number) => void;
  /**
   * Called before a group that learns at once learns, when everything it reads is known. What `held` gives may be changed then, but not the weights
   * that feedback follows.
   */
  readonly onLearn?: (group: string, timestep: number) => void;
  /**
   * Called when a population has received its input and has not integrated it yet, with what the dendrites of all neurons have summed up so
   * far. These sums, and what `held` gives, may be changed then. Only actors call it.
   */
  readonly onIntegrate?: (population: string, timestep: number, sums: readonly Held[]) => void;
}

/**
 * Tunable parameters by owner: the synapse group that learns with them; `feedback.error`, how the feedback `error` is sent, and the synapses that
 * relearn it; `neurons.h`, the population `h`; `axons.h`, what its axons send.
 */
export type GroupParameters = Readonly<Record<string, Numbers>>;

/** What runs a circuit and learns: the engines and the solvers. */
export interface Engine {
  readonly circuit: BuiltCircuit;
  /**
   * Runs one trial from the initial rates, learns from it, and returns L = 1/(2T) sum_t sum_k e_k(t)^2.
   *
   * @throws RunError if a value stops being finite, or a user's function throws.
   */
  trial(trial: Trial, options?: TrialOptions): number;
  /** A copy of the current weights. */
  weights(): GroupWeights;
  setWeights(weights: GroupWeights): void;
  /** A copy of what is kept from trial to trial besides the weights. */
  carried(): Carried;
  setCarried(carried: Carried): void;
  /** @throws InputError if nothing of that name is published. */
  reader(what: Published): Reader;
  /** Everything that affects what is learned. @throws InputError if this engine does not show it. */
  held(): readonly Held[];
  /**
   * Sets tunable parameters of an owner (of the synapse group `recurrent`, of `feedback.error`, `neurons.h` or `axons.h`), from the
   * next trial on. Call it between trials. Absent: this engine has none.
   *
   * @throws InputError if there is no such owner, or a parameter is not tunable, not a finite number or out of its range.
   */
  tune?(owner: string, params: Numbers): void;
  /** The current tunable parameters, by owner. */
  tuned?(): GroupParameters;
  /** What can be watched while it runs. Absent: it has no ports. */
  readonly ports?: Ports;
}
