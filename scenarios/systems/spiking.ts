import {
  abs,
  circuit,
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

/**
 * Adaptive leaky integrate-and-fire neuron; with beta = 0 a plain one. Bellec et al., Nat. Commun. 11:3625 (2020), eqs 6-8, with theta for v_th
 * and lambda, rho for the decays. The gradient leaves the reset out, as e-prop does.
 */
export const alif = neuron({
  name: 'alif',
  params: {
    lambda: exp(-1 / 20),
    rho: exp(-1 / 200),
    gain: 1,
    theta: 1,
    beta: 0,
    height: 0.3,
    width: 1,
    refractory: 0,
  },
  ports: { u: 'v' },
  state: { v: 0, a: 0, wait: 0 },
  step: ({ v, a, wait, u, last, lambda, rho, gain, theta, refractory }) => ({
    v: lambda * v + gain * u - theta * detach(last.out),
    a: rho * a + last.out,
    wait: max((last.out > 0 ? refractory : wait) - 1, 0), // timesteps until it may spike again
  }),
  sends: ({ v, a, wait, theta, beta, height, width }) => {
    const over = v - (theta + beta * a);
    return { out: wait > 0 ? 0 : spike(over, height * max(0, 1 - abs(over) / width)) };
  },
});

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

/** The readout's own error times what its synapse has left in it: the same trace, which on a leaky readout is the filtered spikes. */
export const readoutRule = plasticityRule({
  name: 'readout',
  params: { eta: 0.01 },
  state: { e: eligibility },
  change: ({ e, post, eta }) => eta * post.signal * e,
});

/** The numbers of a network: rows are postsynaptic; `beta` is one for each neuron. */
export interface SpikingNetwork {
  readonly lambda: number;
  readonly gain: number;
  readonly threshold: number;
  readonly refractory: number;
  readonly rho: number;
  readonly beta: readonly number[];
  readonly height: number;
  readonly width: number;
  readonly kappa: number;
  readonly readout_gain: number;
  readonly w_in: readonly (readonly number[])[];
  readonly w_rec: readonly (readonly number[])[];
  readonly w_out: readonly (readonly number[])[];
  readonly feedback: readonly (readonly number[])[];
}

/** A recurrent network of such neurons that learns by e-prop; no neuron has a synapse on itself. */
export function spikingCircuit(
  network: SpikingNetwork,
  rates: { readonly w_in: number; readonly w_rec: number; readonly w_out: number },
  loss: 'squared' | 'cross-entropy',
): Circuit<'e-prop' | 'readout'> {
  const { kappa, w_in, w_rec, w_out, feedback } = network;
  const { lambda, rho, gain, threshold: theta, beta, height, width, refractory } = network;
  const others = mask(w_rec.map((row, i) => row.map((_, j) => (i === j ? 0 : 1))));
  return circuit<string, string, 'e-prop' | 'readout'>({
    neurons: {
      x: input(w_in[0].length),
      h: alif(w_rec.length, { lambda, rho, gain, theta, beta, height, width, refractory }),
      y: leakyReadout(w_out.length, { kappa, gain: network.readout_gain }),
    },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: w_rec, connect: others, rule: eprop({ eta: rates.w_rec, kappa }) },
      input: { from: 'x', to: 'h', weights: w_in, rule: eprop({ eta: rates.w_in, kappa }) },
      readout: { from: 'h', to: 'y', weights: w_out, rule: readoutRule({ eta: rates.w_out }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: feedback } },
    ...(loss === 'cross-entropy' && { losses: { y: crossEntropy } }),
  });
}
