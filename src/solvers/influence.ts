import type {
  BuiltCircuit,
  BuiltFeedback,
  BuiltGroup,
  BuiltPopulation,
  Held,
  LearningOptions,
  Schedule,
  TrialOptions,
} from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { heldCredit } from './held.ts';
import type { Memory } from './memory.ts';
import { Solver } from './solver.ts';

/**
 * What RTRL and SnAp share: influences P^i_w = dh_i/dw that run forward in time beside the circuit, and credit at every timestep,
 * so that weights may change during a trial. Each adds only which influences it keeps.
 */
export abstract class InfluenceSolver extends Solver {
  /** Timesteps of influence that are kept. */
  protected readonly depth: number;
  private readonly credits: ReadonlyMap<BuiltPopulation, Float64Array>;
  private readonly schedule: Schedule;

  constructor(
    circuit: BuiltCircuit,
    solver: string,
    options: LearningOptions,
    memory?: Memory,
    heard?: readonly BuiltFeedback[],
  ) {
    super(circuit, solver, options, memory, heard);
    this.schedule = options.schedule;
    this.depth = ringLength(this.carrying);
    this.credits = new Map(
      circuit.order
        .filter((population) => this.isCredited(population))
        .map((population) => [population, this.memory(population.size, 'learning')]),
    );
  }

  trial(trial: Trial, { learn = true, onTimestep, onPhase, number, pace = 1 }: TrialOptions = {}): number {
    const { forward } = this;
    this.begin(trial, number);
    this.clear();
    for (let t = 1; t <= trial.timesteps; t++) {
      forward.step();
      onPhase?.('compare', t);
      for (const [population, credit] of this.credits) {
        credit.fill(0);
        this.addCredit(population, t, credit);
      }
      onPhase?.('broadcast', t);
      if (learn) {
        this.advance(t);
        this.addGradients(t);
        onPhase?.('learn', t);
        if (this.schedule === 'online' || t === trial.timesteps) this.apply(trial.timesteps / pace);
      }
      onTimestep?.(t);
    }
    return forward.loss;
  }

  override held(): readonly Held[] {
    return [...super.held(), ...[...this.credits].map(([population, credit]) => heldCredit(population, credit))];
  }

  /** Forgets every influence: a trial begins. */
  protected abstract clear(): void;

  /** Every influence, from those before to those of timestep t. */
  protected abstract advance(t: number): void;

  /** gradient_w += sum_i credit_i(t) P^i_w(t). */
  protected abstract addGradients(t: number): void;

  /** The credit that a population's neurons are given at this timestep, [size]; undefined if they are never given any. */
  protected creditOf(population: BuiltPopulation): Float64Array | undefined {
    return this.credits.get(population);
  }
}

/** How many timesteps of influence are kept: this one, and those that the longest delay looks back at. */
export function ringLength(carrying: readonly BuiltGroup[]): number {
  return 1 + Math.max(1, ...carrying.map(({ delay }) => delay));
}
