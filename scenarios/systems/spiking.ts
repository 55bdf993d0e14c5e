import {
  abs,
  adam,
  circuit,
  clock,
  crossEntropy,
  detach,
  eligibility,
  exp,
  input,
  mask,
  max,
  neuron,
  plasticityRule,
  spike,
  type Circuit,
} from 'rxflo';

/** Pseudo-derivatives of a spike over d, the distance of the voltage from its threshold in widths; the parameter `surrogate` says which. */
export const SURROGATES = { triangle: 0, exponential: 1, 'fast-sigmoid': 2, arctan: 3 } as const;

const params = {
  ...{ lambda: exp(-1 / 20), rho: exp(-1 / 200), gain: 1, theta: 1, beta: 0, refractory: 0 },
  ...{ height: 0.3, width: 1, surrogate: SURROGATES.triangle as number },
};

type State = Readonly<Record<'v' | 'a' | 'wait' | 'count', number>>;

/** A neuron that spikes where its voltage is at its threshold or above, as long as it does not wait. */
const spiking = (
  name: string,
  step: (view: typeof params & State & { readonly u: number; readonly last: { readonly out: number } }) => State,
) =>
  neuron({
    ...{ name, params, step },
    ports: { u: 'v' },
    state: { v: 0, a: 0, wait: 0, count: 0 },
    sends: ({ v, a, wait, theta, beta, height, width, surrogate }) => {
      const over = v - (theta + beta * a);
      const d = abs(over) / width;
      const heavy = surrogate === 2 ? 1 / ((1 + d) * (1 + d)) : 1 / (1 + d * d);
      const psi = height * (surrogate === 0 ? max(0, 1 - d) : surrogate === 1 ? exp(-d) : heavy);
      return { out: wait > 0 ? 0 : spike(over, psi), slope: detach(wait > 0 ? 0 : psi) };
    },
    shows: ({ a, count, theta, beta }) => ({ threshold: theta + beta * a, spikes: count }),
  });

/**
 * Adaptive leaky integrate-and-fire neuron; with beta = 0 a plain one. Bellec et al., Nat. Commun. 11:3625 (2020), eqs 6-8, with theta for v_th
 * and lambda, rho for the decays. The gradient leaves the reset out, as e-prop does.
 */
export const alif = spiking('alif', ({ v, a, wait, count, u, last, lambda, rho, gain, theta, refractory }) => ({
  v: lambda * v + gain * u - theta * detach(last.out),
  a: rho * a + last.out,
  wait: max((last.out > 0 ? refractory : wait) - 1, 0), // timesteps until it may spike again
  count: count + detach(last.out), // spikes before this timestep
}));

/** The same, with a gradient that runs through the reset, too. */
export const alifThroughReset = spiking(
  'alif-through-reset',
  ({ v, a, wait, count, u, last, lambda, rho, gain, theta, refractory }) => ({
    v: lambda * v + gain * u - theta * last.out,
    a: rho * a + last.out,
    wait: max((last.out > 0 ? refractory : wait) - 1, 0),
    count: count + detach(last.out),
  }),
);

/** Leaky readout, y(t) = kappa y(t-1) + gain u(t). */
export const leakyReadout = neuron({
  name: 'leaky-readout',
  params: { kappa: exp(-1 / 20), gain: 1 - exp(-1 / 20) },
  ports: { u: 'y' },
  state: { y: 0 },
  step: ({ y, u, kappa, gain }) => ({ y: kappa * y + gain * u }),
  sends: ({ y }) => ({ out: y }),
});

/** e-prop, Bellec et al. (2020), eqs 4, 13 and 25: the eligibility trace e of the neuron, filtered as the readout filters spikes. */
export const eprop = plasticityRule({
  name: 'e-prop',
  params: { eta: 0.01, kappa: exp(-1 / 20) },
  state: { e: eligibility, filtered: 0 },
  trace: ({ e, filtered, kappa }) => ({ filtered: kappa * filtered + (1 - kappa) * e }),
  change: ({ filtered, post, eta }) => eta * post.signal * filtered,
});

/**
 * e-prop with firing-rate regularisation, which pulls the mean f = n/T of a neuron's spikes in a trial to `target`: in all it asks for
 * c (target - n(T)/T) P(T) more, where n(t) counts the neuron's spikes and P(t) sums up e. That is known when the trial has ended; a timestep asks for
 * what it adds, so that every change follows from what is there by then:
 *
 *     n(t) P(t) - n(t-1) P(t-1) = n(t-1) e(t) + s(t) P(t)                  s: the spike, n(t-1): `post.spikes`
 *
 * It is local, but that it knows how long a trial will be: 1/T is `global.share`, the same number for all.
 */
export const regularisedEprop = plasticityRule({
  name: 'e-prop-regularised',
  params: { eta: 0.01, kappa: exp(-1 / 20), c: 1, target: 0.01 },
  sees: { post: ['spikes'] },
  globals: ['share'],
  state: { e: eligibility, filtered: 0, sum: 0 },
  trace: ({ e, filtered, sum, kappa }) => ({ filtered: kappa * filtered + (1 - kappa) * e, sum: sum + e }),
  change: ({ e, filtered, sum, post, global, eta, c, target }) =>
    eta * (post.signal * filtered + c * (target * e - global.share * (post.spikes * e + post.out * sum))),
});

/** The readout's own error times what its synapse has left in it: the same trace, which on a leaky readout is the filtered spikes. */
export const readoutRule = plasticityRule({
  name: 'readout',
  params: { eta: 0.01 },
  state: { e: eligibility },
  change: ({ e, post, eta }) => eta * post.signal * e,
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
  readonly surrogate: keyof typeof SURROGATES;
  readonly height: number;
  readonly width: number;
  readonly kappa: number;
  readonly readout_gain: number;
  readonly w_in: Matrix;
  readonly w_rec: Matrix;
  readonly w_out: Matrix;
  readonly feedback: Matrix;
}

/** How it is to learn. */
export interface SpikingLearning {
  readonly rates: { readonly w_in: number; readonly w_rec: number; readonly w_out: number };
  readonly loss: 'squared' | 'cross-entropy';
  readonly optimizer?: 'descent' | 'adam';
  /** Of the rates of recurrent neurons. */
  readonly regularisation?: { readonly c: number; readonly target: number };
  /** Whether the gradient runs through the neurons' resets: for references. */
  readonly reset_gradient?: 'differentiated' | 'detached';
}

type Rules = 'e-prop' | 'e-prop-regularised' | 'readout';

/** A recurrent network of such neurons that learns by e-prop, in trials of the given number of timesteps; no neuron has a synapse on itself. */
export function spikingCircuit(network: SpikingNetwork, learning: SpikingLearning, timesteps: number): Circuit<Rules> {
  const { kappa, w_in, w_rec, w_out, feedback } = network;
  const { lambda, rho, gain, threshold: theta, beta, height, width, refractory } = network;
  const { rates, loss, optimizer = 'descent', regularisation: { c, target } = { c: 0, target: 0 } } = learning;
  const surrogate = SURROGATES[network.surrogate];
  const hidden = learning.reset_gradient === 'differentiated' ? alifThroughReset : alif;
  // An optimiser takes steps of its own length: it is asked for the gradient.
  const [etaOf, by] =
    optimizer === 'adam'
      ? [() => 1, (eta: number) => ({ optimiser: adam({ eta }) })]
      : [(rate: number) => rate, () => ({})];
  const rule = (rate: number) =>
    c === 0 ? eprop({ eta: etaOf(rate), kappa }) : regularisedEprop({ eta: etaOf(rate), kappa, c, target });
  const others = mask(w_rec.map((row, i) => row.map((_, j) => (i === j ? 0 : 1))));
  return circuit<string, string, Rules>({
    neurons: {
      x: input(w_in[0].length),
      h: hidden(w_rec.length, { lambda, rho, gain, theta, beta, height, width, surrogate, refractory }),
      y: leakyReadout(w_out.length, { kappa, gain: network.readout_gain }),
    },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: w_rec, connect: others, rule: rule(rates.w_rec), ...by(rates.w_rec) },
      input: { from: 'x', to: 'h', weights: w_in, rule: rule(rates.w_in), ...by(rates.w_in) },
      readout: {
        ...{ from: 'h', to: 'y', weights: w_out, ...by(rates.w_out) },
        rule: readoutRule({ eta: etaOf(rates.w_out) }),
      },
    },
    feedback: { error: { from: 'y', to: 'h', weights: feedback } },
    ...(c !== 0 && { globals: { share: clock(({ T }) => 1 / T, { T: timesteps }) } }),
    ...(loss === 'cross-entropy' && { losses: { y: crossEntropy } }),
  });
}
