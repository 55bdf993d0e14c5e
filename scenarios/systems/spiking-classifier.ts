import {
  adam,
  adaptiveFeedback,
  alif,
  circuit,
  clock,
  crossEntropy,
  epropRegularised,
  exp,
  input,
  leakyReadout,
  normal,
  overTrials,
  rflo,
  uniform,
  type Circuit,
  type LearnerOptions,
  type Optimiser,
  type PlasticityRule,
} from 'rxflo';
import { others } from './spiking.ts';

type Rules = 'e-prop-regularised' | 'rflo' | 'adaptive-feedback';
type Groups = 'input' | 'recurrent' | 'readout';

/** A recurrent network of LIF and adaptive LIF neurons that distinguishes two classes, and how it learns. */
export interface SpikingClassifier {
  readonly inputs: number;
  readonly units: number;
  /** The number of adaptive units, which are the last ones. */
  readonly adaptive: number;
  /** The time constant of their adaptation, timesteps. */
  readonly tauA: number;
  /** Base threshold. */
  readonly theta: number;
  /** The gain of inputs to the voltage. */
  readonly gain: number;
  readonly refractory: number;
  /** Standard deviation of the feedback weights. */
  readonly feedback: number;
  /** T. */
  readonly timesteps: number;
  /** The mean number of timesteps of a trial with a target. */
  readonly asked: number;
  /** Adam's learning rate. */
  readonly rate: number;
  /** Adam's learning rate for the readout. */
  readonly readoutRate: number;
  /** Whether both fall linearly to 0 over 19,200 trials: 600 updates of 32. Default false. */
  readonly falls?: boolean;
  /** The weight of the sum over neurons of (f - 0.01)^2, relative to the mean loss over timesteps with a target. */
  readonly regularisation: number;
}

/** The time constant of voltages and readout. */
const LAMBDA = exp(-1 / 20);

/**
 * Bellec et al., Nat. Commun. 11:3625 (2020) and the public code: recurrent and input weights N(0, 1/fan-in), readout uniform within sqrt(6/(N + 2));
 * a spike raises the threshold by 1.7 (1 - rho) times the equilibrium response to an input of 1.
 */
export function spikingClassifier(given: SpikingClassifier): Circuit<Rules, Groups> {
  const { inputs, units, adaptive, tauA, theta, gain, refractory, feedback, timesteps } = given;
  const rho = exp(-1 / tauA);
  const beta = (1.7 * (1 - rho) * gain) / (1 - LAMBDA);
  const { rule, readout, optimisers } = rulesOf(given);
  const learns = { rule, optimiser: optimisers.recurrent };
  const bound = Math.sqrt(6 / (units + 2));
  return circuit<'x' | 'h' | 'y', Groups, Rules>({
    neurons: {
      x: input(inputs),
      h: alif(units, {
        ...{ lambda: LAMBDA, gain, rho, theta, refractory, height: 0.3 / theta, width: theta },
        beta: Array.from({ length: units }, (_, i) => (i < units - adaptive ? 0 : beta)),
      }),
      y: leakyReadout(2, { kappa: LAMBDA, gain: 1 - LAMBDA }),
    },
    synapses: {
      input: { from: 'x', to: 'h', weights: normal({ sd: 1 / Math.sqrt(inputs) }), ...learns },
      recurrent: {
        ...{ from: 'h', to: 'h', weights: normal({ sd: 1 / Math.sqrt(units) }), connect: others(units) },
        ...learns,
      },
      readout: { from: 'h', to: 'y', weights: uniform(-bound, bound), rule: readout, optimiser: optimisers.readout },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: feedback }) } },
    globals: { share: clock(({ T }) => 1 / T, { T: timesteps }) },
    losses: { y: crossEntropy },
  });
}

/**
 * e-prop with random, symmetric and adaptive feedback, and BPTT, which follows only the loss. Adaptive feedback gets the same updates as the readout,
 * and both decay by the fraction `decay` in each.
 */
export function feedbackLearners(
  given: SpikingClassifier & { readonly decay: number },
): readonly LearnerOptions<Rules, Groups>[] {
  const { readout, eta } = rulesOf(given);
  const optimiser = adam({ eta: rateOf(given, given.readoutRate), decay: given.decay });
  const error = adaptiveFeedback({ eta, kappa: LAMBDA, decay: 0 });
  return [
    { name: 'e-prop random', learner: 'local' },
    { name: 'e-prop symmetric', learner: 'local', feedback: 'symmetric' },
    {
      ...{ name: 'e-prop adaptive', learner: 'local' },
      rules: { readout: { rule: readout, optimiser }, 'feedback.error': { rule: error, optimiser } },
    },
    { name: 'bptt', learner: 'bptt' },
  ];
}

function rulesOf(given: SpikingClassifier): {
  readonly rule: PlasticityRule<'e-prop-regularised'>;
  readonly readout: PlasticityRule<'rflo'>;
  readonly optimisers: Readonly<Record<'recurrent' | 'readout', Optimiser>>;
  readonly eta: number;
} {
  const { timesteps, asked, rate, readoutRate, regularisation } = given;
  // Adam normalises its steps: a rule gives it the gradient of the mean over timesteps with a target.
  const eta = timesteps / asked;
  return {
    rule: epropRegularised({ eta, kappa: LAMBDA, c: (2 * regularisation) / eta, target: 0.01 }),
    ...{ readout: rflo({ eta }), eta },
    optimisers: { recurrent: adam({ eta: rateOf(given, rate) }), readout: adam({ eta: rateOf(given, readoutRate) }) },
  };
}

/** A learning rate, constant or falling. */
function rateOf({ falls = false }: SpikingClassifier, rate: number) {
  if (!falls) return rate;
  return overTrials(rate, ({ start, trial }) => (trial < 19200 ? start * (1 - trial / 19200) : 0));
}
