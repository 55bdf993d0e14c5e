import type { Engine, Held } from '../../src/circuit/index.ts';

/** One number that an engine holds. */
export interface HeldNumber {
  readonly held: Held;
  readonly k: number;
}

/** The engine with a number told to another at one moment of the second timestep: what a cheat comes to. */
export function leaking(engine: Engine, into: HeldNumber, moment: string, from: HeldNumber): Engine {
  return {
    circuit: engine.circuit,
    trial: (trial, options) =>
      engine.trial(trial, {
        ...options,
        onPhase: (ended, timestep) => {
          options?.onPhase?.(ended, timestep);
          if (ended !== moment || timestep !== 2) return;
          into.held.set(into.k, into.held.get(into.k) + 0.1 * from.held.get(from.k));
        },
      }),
    weights: () => engine.weights(),
    setWeights: (weights) => {
      engine.setWeights(weights);
    },
    carried: () => engine.carried(),
    setCarried: (carried) => {
      engine.setCarried(carried);
    },
    reader: (what) => engine.reader(what),
    held: () => engine.held(),
  };
}
