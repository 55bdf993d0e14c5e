import type { Engine } from '../circuit/index.ts';

/**
 * An engine that plays its trials differently from `engine`, which still holds the weights and everything that is read:
 * the shortest way to an engine for `learningAlgorithm`. Only what `engine` carries is carried from trial to trial.
 */
export function withTrial(engine: Engine, trial: Engine['trial']): Engine {
  return {
    circuit: engine.circuit,
    trial,
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
    ...(engine.tune && { tune: (group, params) => engine.tune?.(group, params) }),
    ...(engine.tuned && { tuned: () => engine.tuned?.() ?? {} }),
    ...(engine.ports && { ports: engine.ports }),
  };
}
