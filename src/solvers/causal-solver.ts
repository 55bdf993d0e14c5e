import { cellsIn, heldAt, type BuiltPopulation, type Held, type TrialOptions } from '../circuit/index.ts';
import { Solver } from './solver.ts';

/** A solver that learns forward in time, so that weights may change during a trial: its estimates for the timesteps add up to the gradient. */
export abstract class CausalSolver extends Solver {
  /** The learning signals of the timestep, or in a circuit that repeats of the sweep. */
  protected readonly credits: ReadonlyMap<BuiltPopulation, Float64Array> = new Map(
    this.circuit.order
      .filter(this.isCredited)
      .map((population) => [population, this.memory(population.size, 'learning')]),
  );

  /** Whether the estimate for a timestep is applied in that timestep. */
  protected readonly isTakenUpAtOnce = this.options.schedule === 'online' && !this.circuit.repeat;
  private readonly hearing = [...this.credits].map(([population, credit]) => ({
    credit,
    signal: this.forward.timestep.signal(population),
  }));

  protected override hear(t: number): void {
    for (const { credit, signal } of this.hearing) {
      credit.fill(0);
      if (signal) this.forward.addSum(signal, t, credit);
    }
  }

  protected learn(t: number, onPhase: TrialOptions['onPhase']): void {
    this.add(t);
    onPhase?.('learn', t);
  }

  /** Adds its estimate for timestep t to the gradient. */
  protected abstract add(t: number): void;

  override held(): readonly Held[] {
    const { timestep } = this.forward;
    const signals = [...this.credits].map(([population, credit]) => {
      const place = { kind: 'row' as const, row: timestep.row(population, 'signal'), ago: 0 };
      return heldAt(
        place,
        cellsIn(() => credit),
      );
    });
    return [...super.held(), ...signals];
  }
}
