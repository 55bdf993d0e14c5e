import { detach, exp, max, pseudoDerivative, spike } from '../local/index.ts';
import { neuron } from './neuron.ts';
import { surrogates } from './surrogates.ts';

/**
 * Adaptive leaky integrate-and-fire neuron: each spike raises its threshold for a while. Bellec et al., Nat. Commun. 11:3625 (2020), eqs 6-8;
 * theta is their v_th, s what the axon sends. With beta = 0 it is `lif`.
 *
 *     v(t) = lambda v(t-1) + gain u(t) - theta s(t-1)             the reset subtracts, a timestep after the spike
 *     a(t) = rho a(t-1) + s(t-1)                                  adaptation
 *     s(t) = v(t) >= theta + beta a(t), unless it waits: for `refractory` timesteps from its spike on
 *     psi(t) = height f(|v(t) - theta - beta a(t)| / width)       the declared pseudo-derivative ds/dv; 0 while it waits
 *
 * Times are in timesteps. `spikes` counts those before this timestep. Gradients ignore the reset, as e-prop does.
 */
export const alif = neuron({
  name: 'alif',
  params: {
    ...{ lambda: exp(-1 / 20), rho: exp(-1 / 200), gain: 1, theta: 1, beta: 0.1, refractory: 0 },
    ...{ surrogate: surrogates.triangle, height: 0.3, width: 1 },
  },
  range: {
    ...{ lambda: [0, 1], rho: [0, 1], refractory: [0, Infinity] },
    ...{ surrogate: [0, 3], width: [Number.MIN_VALUE, Infinity] },
  },
  ports: { u: 'v' },
  state: { v: 0, a: 0, wait: 0, spikes: 0 },
  step: ({ v, a, wait, spikes, u, last, lambda, rho, gain, theta, refractory }) => ({
    v: lambda * v + gain * u - theta * detach(last.out),
    a: rho * a + last.out,
    wait: max((last.out > 0 ? refractory : wait) - 1, 0),
    spikes: spikes + detach(last.out),
  }),
  axon: 'event',
  sends: ({ v, a, wait, theta, beta, surrogate, height, width }) => {
    const over = v - (theta + beta * a);
    const psi = height * pseudoDerivative(surrogate, over / width);
    return { out: wait > 0 ? 0 : spike(over, psi), slope: detach(wait > 0 ? 0 : psi) };
  },
  shows: ({ a, spikes, theta, beta }) => ({ threshold: theta + beta * a, spikes }),
});
