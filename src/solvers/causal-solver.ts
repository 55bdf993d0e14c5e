import type { BuiltPopulation, Held, TrialOptions } from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { heldCredit } from './held.ts';
import { Solver } from './solver.ts';

/** A solver that learns forward in time, so that weights may change during a trial: what it makes of each timestep adds up in the gradient. */
export abstract class CausalSolver extends Solver {
  /** The learning signals of the timestep, or in a circuit that repeats of the sweep. */
  protected readonly credits: ReadonlyMap<BuiltPopulation, Float64Array> = new Map(
    this.circuit.order
      .filter((population) => this.isCredited(population))
      .map((population) => [population, this.memory(population.size, 'learning')]),
  );
  private readonly hearing = [...this.credits].map(([population, credit]) => ({
    credit,
    signal: this.forward.timestep.signal(population),
  }));

  trial(trial: Trial, options: TrialOptions = {}): number {
    const { learn = true, onTimestep, onPhase } = options;
    const { forward } = this;
    this.begin(trial, options);
    this.restart();
    const { sweeps } = forward;
    while (!sweeps.isOver(trial.timesteps)) {
      if (learn) this.prepare?.(forward.now + 1);
      forward.step();
      const t = forward.now;
      onPhase?.('compare', t);
      forward.broadcast();
      this.hear(t);
      onPhase?.('broadcast', t);
      if (learn) {
        this.learn(t);
        onPhase?.('learn', t);
        if (sweeps.isLast && (this.options.schedule === 'online' || sweeps.isOver(trial.timesteps))) this.takeUp();
      }
      if (sweeps.isLast) onTimestep?.(sweeps.timestep);
    }
    return forward.loss;
  }

  /** Takes up the learning signals of timestep t; in a circuit that repeats, of sweep t. */
  protected hear(t: number): void {
    for (const { credit, signal } of this.hearing) {
      credit.fill(0);
      if (signal) this.forward.addSum(signal, t, credit);
    }
  }

  override held(): readonly Held[] {
    const { timestep } = this.forward;
    const signals = [...this.credits].map(([population, credit]) =>
      heldCredit(timestep.row(population, 'signal'), credit),
    );
    return [...super.held(), ...signals];
  }

  /** Begins a trial. */
  protected abstract restart(): void;

  /** Called before timestep t runs, or in a circuit that repeats sweep t, if it is to be learned from. By default the circuit runs as it is. */
  protected prepare?(t: number): void;

  /** Adds what it makes of timestep t, which has just run, to the gradient. */
  protected abstract learn(t: number): void;
}
