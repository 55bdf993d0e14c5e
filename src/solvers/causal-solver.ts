import type { BuiltCircuit, BuiltFeedback, LearningOptions, Schedule, TrialOptions } from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import type { SolverArithmetic } from './compute.ts';
import type { Memory } from './memory.ts';
import { Solver } from './solver.ts';

/** A solver that learns forward in time, so that weights may change during a trial: what it makes of each timestep adds up in the gradient. */
export abstract class CausalSolver extends Solver {
  protected readonly schedule: Schedule;

  constructor(
    circuit: BuiltCircuit,
    solver: string,
    options: LearningOptions,
    memory?: Memory,
    heard?: readonly BuiltFeedback[],
    arithmetic?: SolverArithmetic,
  ) {
    super(circuit, solver, options, memory, heard, arithmetic);
    this.schedule = options.schedule;
  }

  trial(trial: Trial, { learn = true, onTimestep, onPhase, number, pace = 1 }: TrialOptions = {}): number {
    const { forward } = this;
    this.begin(trial, number, learn);
    this.restart();
    const { sweeps } = forward;
    while (!sweeps.isOver(trial.timesteps)) {
      if (learn) this.prepare(forward.now + 1);
      forward.step();
      const t = forward.now;
      onPhase?.('compare', t);
      forward.broadcast();
      this.hear(t);
      onPhase?.('broadcast', t);
      if (learn) {
        this.learn(t);
        onPhase?.('learn', t);
        if (sweeps.isLast && (this.schedule === 'online' || sweeps.isOver(trial.timesteps))) this.takeUp(pace);
      }
      if (sweeps.isLast) onTimestep?.(sweeps.timestep);
    }
    return forward.loss;
  }

  /** Begins a trial. */
  protected abstract restart(): void;

  /** Called before timestep t runs, or in a circuit that repeats sweep t, if it is to be learned from. */
  protected abstract prepare(t: number): void;

  /** Takes up the learning signals of timestep t; in a circuit that repeats, of sweep t. */
  protected abstract hear(t: number): void;

  /** Adds what it makes of timestep t, which has just run, to the gradient. */
  protected abstract learn(t: number): void;
}
