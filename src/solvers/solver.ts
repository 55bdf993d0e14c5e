import {
  descentOf,
  found,
  Holder,
  Holdings,
  refuseDescent,
  synapseName,
  takeUpLoop,
  takeUpVariables,
  Tuning,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type DescendingGroup,
  type LearningOptions,
  type TakeUp,
  type TakeUpLoop,
  type TrialOptions,
} from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';
import { LEARNING_RATE } from '../rules/index.ts';
import type { Trial } from '../tasks/index.ts';
import { chanceKey } from '../random/index.ts';
import type { SolverArithmetic } from './running.ts';
import { ForwardPass } from './forward.ts';
import { cellsOfSolver } from './held.ts';
import { Links } from './links.ts';
import { plainMemory, type Memory } from './memory.ts';

/** A synapse group that a solver changes, with its gradient: -T dL/dw, [synapses]. */
export interface PlasticGroup extends Pick<DescendingGroup, 'group'> {
  /** Its current learning rate. */
  rate: number;
  readonly weights: Float64Array;
  gradient: Float64Array;
  /** How changes are applied to the weights, and what the synapses keep for it; absent: changes are added to the weights. */
  readonly takeUp?: TakeUp & { readonly run: TakeUpLoop; readonly kept: Readonly<Record<string, Float64Array>> };
}

/**
 * What the global references share: a forward pass with all numbers accessible, credit at the outputs or through feedback,
 * and the update w += eta pace/T gradient. A solver only adds how it computes the gradient.
 */
export abstract class Solver extends Holder {
  protected readonly forward: ForwardPass;
  protected readonly plastic: readonly PlasticGroup[];
  protected readonly links: Links;
  /** Whether a population receives its own credit. */
  protected readonly isCredited: (population: BuiltPopulation) => boolean;
  protected readonly tuning: Tuning;
  protected readonly holdings: Holdings;
  /** Where it takes its arrays from. */
  protected readonly memory: Memory;
  /** Whether an observer reads the gradient before it is applied. */
  protected isWatched = false;

  constructor(
    circuit: BuiltCircuit,
    solver: string,
    protected readonly options: LearningOptions,
    memory?: Memory,
    /** The feedback that credit comes through. Default: as the options say. */
    feedback?: readonly BuiltFeedback[],
    arithmetic?: SolverArithmetic,
  ) {
    super(circuit);
    const { heard, carrying, plastic } = descentOf(circuit, solver, options, feedback);
    this.isCredited = heard.signalled;
    this.memory = memory ?? (arithmetic ? (length) => arithmetic.array(length) : plainMemory);
    this.forward = new ForwardPass(circuit, heard, this.memory, arithmetic, options.batch);
    const { timestep, continuation } = this.forward;
    this.plastic = plastic.map(({ takeUp, ...one }) => {
      const weights = found(this.forward.weights, one.group);
      const kept = Object.entries(takeUp?.state ?? {}).map(([name, start]) => {
        const values = this.memory(weights.length, 'learning');
        return [name, start === 0 ? values : values.fill(start)] as const;
      });
      return {
        ...{ ...one, weights, gradient: this.memory(weights.length, 'learning') },
        ...(takeUp && { takeUp: { ...takeUp, run: takeUpLoop(takeUp), kept: Object.fromEntries(kept) } }),
      };
    });
    this.links = new Links(this.forward, carrying);
    const changed = (of: BuiltGroup) => this.plastic.find(({ group }) => group === of);
    const variables = (group: BuiltGroup) => {
      const one = changed(group);
      return one && takeUpVariables(one.takeUp);
    };
    const filling = { feedback: heard.feedback, rules: false, variables };
    this.holdings = new Holdings(circuit, timestep, filling, cellsOfSolver(this.forward, changed), continuation);
    this.tuning = new Tuning(circuit.groups, timestep, {
      group: (group, parameter, value) => {
        if (parameter !== LEARNING_RATE) return;
        const one = changed(group);
        if (one) one.rate = value;
        else refuseDescent(group);
      },
    });
  }

  trial(trial: Trial, options: TrialOptions = {}): number {
    const { learn = true, onTimestep, onPhase } = options;
    const { forward } = this;
    this.isWatched = onPhase !== undefined;
    forward.begin(trial, options, this.tuning);
    // Drop what a failed trial may have left of its gradient.
    for (const { gradient } of this.plastic) gradient.fill(0);
    this.restart?.();
    const { sweeps } = forward;
    while (!sweeps.isOver(trial.timesteps)) {
      if (learn) this.prepare?.(forward.now + 1);
      forward.step();
      const t = forward.now;
      onPhase?.('compare', t);
      forward.broadcast();
      this.hear?.(t);
      onPhase?.('broadcast', t);
      if (learn) {
        this.learn(t, onPhase);
        if (sweeps.isLast && (this.options.schedule === 'online' || sweeps.isOver(trial.timesteps))) this.takeUp();
      }
      if (sweeps.isLast) onTimestep?.(sweeps.timestep);
    }
    return forward.loss;
  }

  /** Called when a trial begins. */
  protected restart?(): void;

  /** Called before timestep t runs, or in a circuit that repeats sweep t, if it is learned from. By default the circuit runs unchanged. */
  protected prepare?(t: number): void;

  /** Reads the learning signals of timestep t; in a circuit that repeats, of sweep t. */
  protected hear?(t: number): void;

  /** Adds its estimate for timestep t, which has just run, to the gradient, and calls `onPhase` for each timestep whose estimate is added. */
  protected abstract learn(t: number, onPhase: TrialOptions['onPhase']): void;

  /** w += pace eta/T gradient, or as an optimiser or dials apply it; then the gradient is 0 again. */
  protected takeUp(): void {
    const { now, sweeps, trial, playing } = this.forward;
    const { number, pace, due } = playing;
    for (const { group, rate, weights, gradient, takeUp } of this.plastic) {
      const step = rate / (takeUp?.pacesApart ? trial.timesteps : trial.timesteps / pace);
      const key = takeUp ? chanceKey(group.settling?.chance ?? 0, number, now) : 0;
      const faulty = takeUp
        ? takeUp.run({ w: weights, asked: gradient, ...takeUp.kept }, { step, pace, due, key }, this.tuning.of(group))
        : this.descend(weights, step, gradient);
      if (faulty >= 0) {
        const problem = new NotFinite('its weight', weights[faulty]);
        throw blame(synapseName(group, faulty), problem, { timestep: sweeps.timestep });
      }
      if (takeUp) gradient.fill(0);
    }
  }

  /** w += step gradient, which is then set to 0; returns the index of a weight that is no longer finite, else -1. */
  protected descend(weights: Float64Array, step: number, gradient: Float64Array): number {
    const faulty = add(weights, step, gradient);
    gradient.fill(0);
    return faulty;
  }
}

/** w += step gradient; returns the index of the first weight that is no longer finite, else -1. */
function add(weights: Float64Array, step: number, gradient: Float64Array): number {
  for (let k = 0; k < weights.length; k++) {
    weights[k] += step * gradient[k];
    if (!Number.isFinite(weights[k])) return k;
  }
  return -1;
}
