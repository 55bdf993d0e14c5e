import {
  abs,
  circuit,
  constant,
  input,
  learningAlgorithm,
  linear,
  local,
  loss,
  oneToOne,
  optimiser,
  plasticityRule,
  RunError,
  sign,
  sqrt,
  ThroughLearning,
  withTrial,
  type Circuit,
  type LearningAlgorithm,
  type PlasticityRule,
  type Score,
  type Task,
  type Test,
  type Trial,
} from 'rxflo';
import { adapt, type Adapted, type Episode } from './meta-plasticity.ts';

// The outer loop of meta-learned plasticity, Shervani-Tabar & Rosenbaum (2023): Adam on the coefficients of a rule, with their penalty, over episodes
// of learning.

/** Adam as in algorithm 1 of Kingma & Ba (2015) and in PyTorch: epsilon is added to the root of the corrected second moment. */
export const adamCorrected = optimiser({
  name: 'adam-corrected',
  params: { eta: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  state: { m: 0, q: 0, b1: 1, b2: 1 },
  step: ({ change: g, m, q, b1, b2, eta, beta1, beta2, epsilon }) => {
    const mean = beta1 * m + (1 - beta1) * g;
    const square = beta2 * q + (1 - beta2) * (g * g);
    const left1 = beta1 * b1;
    const left2 = beta2 * b2;
    return {
      change: (eta * (mean / (1 - left1))) / (sqrt(square / (1 - left2)) + epsilon),
      m: mean,
      q: square,
      b1: left1,
      b2: left2,
    };
  },
});

/** The update of a coefficient: its input, minus the slope of l1 |theta|. */
export const coefficient = plasticityRule({
  name: 'coefficient',
  params: { l1: 0 },
  change: ({ w, pre, l1 }) => pre.out - l1 * sign(w),
});

/** The result of an episode: the loss of its query, and the fraction of the query that was classified correctly. */
export const TOLD = ['query loss', 'accuracy'] as const;

/** The name of the loss of an episode, in results and figures. The task has no targets; `overEpisodes` computes the loss. */
const toldLoss = ({ y, target }: { readonly y: number; readonly target: number }) => y - target;
export const queryLoss = loss({ name: 'query-cross-entropy', loss: toldLoss });
export const penalisedLoss = loss({ name: 'query-cross-entropy-and-penalty', loss: toldLoss });

/**
 * The outer loop as a circuit: a neuron for each coefficient, whose synapse is the coefficient and whose axon brings minus its derivative. A trial is
 * an episode. `told` brings the result of the episode to the outputs, so that it can be tested.
 */
export function genome(
  theta: readonly number[],
  { l1, ...adam }: { readonly l1: number } & NonNullable<Parameters<typeof adamCorrected>[0]>,
): Circuit {
  const one = { connect: oneToOne() };
  const told = l1 === 0 ? queryLoss : penalisedLoss;
  return circuit({
    neurons: {
      ...{ slopes: input(theta.length), told: input(TOLD.length) },
      ...{ genome: linear(theta.length), episode: linear(TOLD.length) },
    },
    synapses: {
      theta: {
        ...{ ...one, from: 'slopes', to: 'genome' },
        ...{
          weights: theta.map((own, i) => theta.map((_, j) => (i === j ? own : null))),
          rule: coefficient({ l1 }),
          optimiser: adamCorrected(adam),
        },
      },
      told: { ...one, from: 'told', to: 'episode', weights: constant(1) },
    },
    outputs: ['genome', 'episode'],
    losses: { genome: told, episode: told },
  });
}

export interface OverEpisodes {
  readonly l1: number;
  /** A user-defined term in the rule of the episodes. A run with another term is a different run. */
  readonly own?: PlasticityRule | undefined;
  /** Called with the result of each episode of learning. */
  readonly seen?: ((adapted: Adapted, episode: Episode) => void) | undefined;
}

/**
 * Learns coefficients over episodes: each trial is the episode with its number, whose derivative is the input of the circuit of `genome`. Updates,
 * checkpoints and resuming work as in any circuit. A trial without learning is also an episode: the circuit receives its result, and the trial's own
 * input goes to `slopes`.
 */
export function overEpisodes(
  through: ThroughLearning,
  episode: (number: number, seed: number) => Episode,
  { l1, own, seen = () => undefined }: OverEpisodes,
): LearningAlgorithm {
  const { by } = through;
  return learningAlgorithm({
    name: 'over-episodes',
    title: 'the derivative of whole episodes',
    causal: false,
    settings: { l1, by, ...(own?.analysis && { own: own.analysis.formulas.map(({ text }) => text).join('; ') }) },
    open: (network, options) => {
      const engine = local().open(network, options);
      let trials = 0;
      return withTrial(engine, (trial, { number = trials + 1, learn = true, ...how } = {}) => {
        if (learn) trials = number;
        const { theta } = engine.weights();
        const drawn = episode(number, options.seed);
        const adapted = adapt(through, drawn, Object.fromEntries(by.map((name, c) => [name, theta[c]])));
        const wrong = by.find((name) => !Number.isFinite(adapted.gradient[name]));
        if (learn && wrong !== undefined) throw diverged(wrong, adapted.gradient[wrong], number);
        const told = [adapted.queryLoss, adapted.accuracy];
        const slopes = learn ? by.map((name) => -adapted.gradient[name]) : trial.input.subarray(0, by.length);
        engine.trial({ ...trial, input: Float64Array.of(...slopes, ...told) }, { ...how, learn, number });
        if (learn) seen(adapted, drawn);
        return adapted.queryLoss + l1 * theta.reduce((sum, x) => sum + abs(x), 0);
      });
    },
  });
}

/** The derivative with respect to a coefficient may overflow before any rate does. */
function diverged(name: string, gradient: number, trial: number): RunError {
  const problem = `the derivative of the query's loss with respect to it became ${gradient}`;
  return new RunError(`coefficient ${name}`, problem, { kind: 'diverged', trial });
}

/**
 * Episodes as trials, for circuits of `genome`, with separate episodes as their test. The scores are what `told` brings, and each coefficient by
 * name.
 */
export function episodeTask(names: readonly string[], tests?: number): Task {
  const [inputs, outputs] = [names.length + TOLD.length, names.length + TOLD.length];
  const trial = (): Trial => ({
    timesteps: 1,
    input: new Float64Array(inputs).fill(1),
    target: new Float64Array(outputs).fill(NaN),
  });
  const scores: Readonly<Record<string, Score>> = {
    'query loss': { label: 'Cross-entropy of the query (nats)', better: 'lower' },
    accuracy: { label: 'Query images classified rightly (fraction)', better: 'higher' },
    ...Object.fromEntries(names.map((name) => [name, { label: `Coefficient ${name}`, better: 'higher' } as const])),
  };
  const score: Test['score'] = (_, answer) =>
    Object.fromEntries([...names, ...TOLD].map((name, k) => [name, answer[k]]));
  return {
    ...{ name: 'episodes', inputs, outputs, settings: {}, trial },
    ...(tests !== undefined && { test: { scores, trials: tests, trial, score } }),
  };
}
