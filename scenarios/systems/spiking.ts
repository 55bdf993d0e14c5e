import {
  adam,
  alif,
  circuit,
  clock,
  crossEntropy,
  detach,
  eprop,
  epropRegularised,
  exp,
  input,
  leakyReadout,
  mask,
  max,
  neuron,
  pseudoDerivative,
  rflo,
  spike,
  surrogates,
  type Circuit,
  type Probe,
} from 'rxflo';
import type { RateLoss } from './rate-loss.ts';

/** `alif` with a gradient that also runs through its reset. */
export const alifThroughReset = neuron({
  name: 'alif-through-reset',
  params: {
    ...{ lambda: exp(-1 / 20), rho: exp(-1 / 200), gain: 1, theta: 1, beta: 0.1, refractory: 0 },
    ...{ surrogate: surrogates.triangle, height: 0.3, width: 1 },
  },
  ports: { u: 'v' },
  state: { v: 0, a: 0, wait: 0 },
  step: ({ v, a, wait, u, last, lambda, rho, gain, theta, refractory }) => ({
    v: lambda * v + gain * u - theta * last.out,
    a: rho * a + last.out,
    wait: max((last.out > 0 ? refractory : wait) - 1, 0),
  }),
  sends: ({ v, a, wait, theta, beta, surrogate, height, width }) => {
    const over = v - (theta + beta * a);
    const psi = height * pseudoDerivative(surrogate, over / width);
    return { out: wait > 0 ? 0 : spike(over, psi), slope: detach(wait > 0 ? 0 : psi) };
  },
  shows: ({ a, theta, beta }) => ({ threshold: theta + beta * a }),
});

type Matrix = readonly (readonly number[])[];

/** The numbers of a network: rows are postsynaptic; `beta` is one for each neuron. */
export interface SpikingNetwork {
  readonly lambda: number;
  readonly gain: number;
  readonly threshold: number;
  readonly refractory: number;
  readonly rho: number;
  readonly beta: readonly number[];
  readonly surrogate: keyof typeof surrogates;
  readonly height: number;
  readonly width: number;
  readonly kappa: number;
  readonly readout_gain: number;
  readonly w_in: Matrix;
  readonly w_rec: Matrix;
  readonly w_out: Matrix;
  readonly feedback: Matrix;
}

/** How it learns. */
export interface SpikingLearning {
  readonly rates: { readonly w_in: number; readonly w_rec: number; readonly w_out: number };
  readonly loss: 'squared' | 'cross-entropy';
  readonly optimizer?: 'descent' | 'adam';
  /** Adam's settings, and the divisor of the sum of a trial's gradient: by default T, as for descent. */
  readonly adam?: {
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly gradientOver: number;
  };
  /** Of the rates of recurrent neurons. */
  readonly regularisation?: { readonly c: number; readonly target: number };
  /** Whether the gradient runs through the neurons' resets: for references. */
  readonly reset_gradient?: 'differentiated' | 'detached';
}

/** Connects each of n neurons to all others, but not to itself. */
export const others = (n: number): ReturnType<typeof mask> =>
  mask(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 0 : 1))));

/**
 * Probes that reports show for such a network: the voltage and threshold of its last neuron, and for its first and last neuron the pseudo-derivative,
 * the learning signal, and the filtered eligibility trace of the synapse from the other one.
 */
export function spikingProbes(
  units: number,
  { adapts }: { readonly adapts: boolean },
): Readonly<Record<string, Probe>> {
  const last = units - 1;
  const ends = units > 1 ? [0, last] : [0];
  const pairs = [
    [0, last],
    [last, 0],
  ] as const;
  return {
    'voltage: v': { neurons: 'h', value: 'v', only: [last], shown: true },
    ...(adapts && { 'voltage: threshold': { neurons: 'h', value: 'threshold', only: [last], shown: true } }),
    'pseudo-derivative': { neurons: 'h', value: 'slope', only: ends, shown: true },
    'learning signal': { neurons: 'h', value: 'signal', only: ends, shown: true },
    ...(units > 1 && { eligibility: { synapses: 'recurrent', value: 'm', only: pairs, shown: true } }),
  };
}

type Rules = 'e-prop' | 'e-prop-regularised' | 'rflo';

/**
 * A recurrent network of such neurons that learns by e-prop, in trials of the given number of timesteps; no neuron has a synapse onto itself. Its
 * rates are regularised by the rule, or by a loss on them, which references follow.
 */
export function spikingCircuit(
  network: SpikingNetwork,
  learning: SpikingLearning,
  timesteps: number,
  rates?: RateLoss,
): Circuit<Rules> {
  const { kappa, w_in, w_rec, w_out, feedback } = network;
  const { lambda, rho, gain, threshold: theta, beta, height, width, refractory } = network;
  const { rates: eta, loss, optimizer = 'descent', regularisation = { c: 0, target: 0 } } = learning;
  const { c, target } = rates ? { c: 0, target: 0 } : regularisation;
  const surrogate = surrogates[network.surrogate];
  const hidden = learning.reset_gradient === 'differentiated' ? alifThroughReset : alif;
  const { gradientOver = timesteps, ...steps } = learning.adam ?? {};
  // An optimiser sets the step size itself, so it gets the plain gradient.
  const [etaOf, by] =
    optimizer === 'adam'
      ? [() => timesteps / gradientOver, (eta: number) => ({ optimiser: adam({ eta, ...steps }) })]
      : [(rate: number) => rate, () => ({})];
  const driven = w_in[0].length > 0;
  const rule = (rate: number) =>
    c === 0 ? eprop({ eta: etaOf(rate), kappa }) : epropRegularised({ eta: etaOf(rate), kappa, c, target });
  return circuit<string, string, Rules>({
    neurons: {
      ...(driven && { x: input(w_in[0].length) }),
      h: hidden(w_rec.length, { lambda, rho, gain, theta, beta, height, width, surrogate, refractory }),
      y: leakyReadout(w_out.length, { kappa, gain: network.readout_gain }),
      ...(rates && { [rates.name]: rates.sums }),
    },
    synapses: {
      recurrent: {
        from: 'h',
        to: 'h',
        weights: w_rec,
        connect: others(w_rec.length),
        rule: rule(eta.w_rec),
        ...by(eta.w_rec),
      },
      ...(driven && { input: { from: 'x', to: 'h', weights: w_in, rule: rule(eta.w_in), ...by(eta.w_in) } }),
      readout: {
        ...{ from: 'h', to: 'y', weights: w_out, ...by(eta.w_out) },
        rule: rflo({ eta: etaOf(eta.w_out) }),
      },
      ...(rates && { counting: rates.counting }),
    },
    ...(rates && { outputs: ['y', rates.name] }),
    feedback: { error: { from: 'y', to: 'h', weights: feedback } },
    ...(c !== 0 && { globals: { share: clock(({ T }) => 1 / T, { T: timesteps }) } }),
    ...(loss === 'cross-entropy' && { losses: { y: crossEntropy } }),
  });
}
