import {
  carryingGroups,
  descends,
  heardBy,
  Holder,
  Holdings,
  isCredited,
  learningRate,
  refuseDescent,
  refuseAlso,
  refuseRelearned,
  refuseSending,
  takeUpLoop,
  takeUpOf,
  takeUpVariables,
  Tuning,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type FeedbackKind,
  type LearningOptions,
  type TakeUp,
  type TakeUpLoop,
} from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';
import { LEARNING_RATE } from '../rules/index.ts';
import type { Trial } from '../tasks/index.ts';
import { chanceKey } from '../random/index.ts';
import type { SolverArithmetic } from './compute.ts';
import { ForwardPass, found } from './forward.ts';
import { cellsOfSolver } from './held.ts';
import { Links } from './links.ts';
import { plainMemory, type Memory } from './memory.ts';

/** A synapse group that a solver changes, with its gradient: -T dL/dw, [synapses]. */
export interface PlasticGroup {
  readonly group: BuiltGroup;
  /** Its learning rate, as it is now. */
  rate: number;
  readonly weights: Float64Array;
  gradient: Float64Array;
  /** How the weights take up changes, and what the synapses keep for it; absent: the weights grow by them. */
  readonly takeUp?: TakeUp & { readonly run: TakeUpLoop; readonly kept: Readonly<Record<string, Float64Array>> };
}

/**
 * What the global references share: a forward pass in view of everything, credit at the outputs or through feedback,
 * and the update w += eta pace/T gradient. Each solver adds only its way to the gradient.
 */
export abstract class Solver extends Holder {
  protected readonly forward: ForwardPass;
  protected readonly plastic: readonly PlasticGroup[];
  protected readonly links: Links;
  private readonly kind: FeedbackKind;
  private readonly batch: number;
  protected readonly tuning: Tuning;
  protected readonly holdings: Holdings;
  /** Which trial it is, from 1. */
  protected trialNumber = 0;

  constructor(
    circuit: BuiltCircuit,
    solver: string,
    { feedback, batch = 1 }: LearningOptions,
    /** Where it takes its arrays from. */
    protected readonly memory: Memory = plainMemory,
    /** The feedback that credit comes through. */
    heard = heardBy(circuit, feedback),
    arithmetic?: SolverArithmetic,
  ) {
    super(circuit);
    refuseRelearned(heard, solver);
    refuseSending(circuit, solver);
    refuseAlso(circuit.groups, solver);
    this.kind = feedback;
    this.batch = batch;
    this.forward = new ForwardPass(
      circuit,
      { feedback: heard, signalled: (population) => isCredited(circuit, feedback, population), derivatives: true },
      memory,
      arithmetic,
    );
    this.plastic = circuit.groups.flatMap((group) => {
      const weights = found(this.forward.weights, group);
      if (!descends(group, solver)) return [];
      const rate = learningRate(group, solver);
      const plastic = { group, rate, weights, gradient: memory(weights.length, 'learning') };
      const takeUp = takeUpOf(group, { batch, byRules: false });
      if (!takeUp) return [plastic];
      const kept = Object.entries(takeUp.state).map(([name, start]) => {
        const values = memory(weights.length, 'learning');
        return [name, start === 0 ? values : values.fill(start)] as const;
      });
      return [{ ...plastic, takeUp: { ...takeUp, run: takeUpLoop(takeUp), kept: Object.fromEntries(kept) } }];
    });
    this.links = new Links(this.forward, carryingGroups(circuit, feedback));
    const { timestep, continuation } = this.forward;
    const filling = {
      ...{ feedback: heard, rules: false },
      variables: (one: BuiltGroup) =>
        this.plastic.flatMap(({ group, takeUp }) => (group === one ? [takeUpVariables(takeUp)] : [])).at(0),
    };
    this.holdings = new Holdings(circuit, timestep, filling, cellsOfSolver(this.forward, this.plastic), continuation);
    this.tuning = new Tuning(circuit.groups, timestep, {
      group: (group, parameter, value) => {
        if (parameter !== LEARNING_RATE) return;
        const plastic = this.plastic.find((one) => one.group === group);
        if (plastic) plastic.rate = value;
        else refuseDescent(group);
      },
    });
  }

  /** Starts a trial; what a failed one may have left of its gradient is dropped. */
  protected begin(trial: Trial, number = this.trialNumber + 1, learn = true): void {
    this.trialNumber = number;
    if (learn) this.tuning.begin(number);
    this.forward.begin(trial, number);
    for (const { gradient } of this.plastic) gradient.fill(0);
  }

  /** Adds the credit of each neuron of a population at timestep t: its own error, then its feedback weights times the errors that arrive. */
  protected addCredit(population: BuiltPopulation, t: number, credit: Float64Array): void {
    const signal = this.forward.timestep.signal(population);
    if (signal) this.forward.addSignal(signal, t, credit);
  }

  /** Whether a population is given credit of its own. */
  protected isCredited(population: BuiltPopulation): boolean {
    return isCredited(this.circuit, this.kind, population);
  }

  /** w += pace eta/T gradient, or what else becomes of that; the gradient starts anew. */
  protected takeUp(pace: number): void {
    const { now, sweeps, trial } = this.forward;
    const due = this.trialNumber % this.batch === 0 ? 1 : 0;
    for (const { group, rate, weights, gradient, takeUp } of this.plastic) {
      const step = rate / (takeUp?.pacesApart ? trial.timesteps : trial.timesteps / pace);
      const key = takeUp ? chanceKey(group.settling?.chance ?? 0, this.trialNumber, now) : 0;
      const faulty = takeUp
        ? takeUp.run({ w: weights, asked: gradient, ...takeUp.kept }, { step, pace, due, key }, this.tuning.of(group))
        : this.descend(weights, step, gradient);
      if (faulty >= 0) {
        const post = group.rowStart.findIndex((start) => start > faulty) - 1;
        const problem = new NotFinite('its weight', weights[faulty]);
        throw blame(`synapse ${group.name} ${post} <- ${group.pre[faulty]}`, problem, { timestep: sweeps.timestep });
      }
      if (takeUp) gradient.fill(0);
    }
  }

  /** w += step gradient, which is 0 then; returns a weight that is not finite any more, else -1. */
  protected descend(weights: Float64Array, step: number, gradient: Float64Array): number {
    const faulty = add(weights, step, gradient);
    gradient.fill(0);
    return faulty;
  }
}

/** w += step gradient; returns the first weight that is not finite any more, else -1. */
function add(weights: Float64Array, step: number, gradient: Float64Array): number {
  for (let k = 0; k < weights.length; k++) {
    weights[k] += step * gradient[k];
    if (!Number.isFinite(weights[k])) return k;
  }
  return -1;
}
