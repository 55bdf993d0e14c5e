import { detach, exp, max, pseudoDerivative, spike } from '../local/index.ts';
import { neuron } from './neuron.ts';
import { surrogates } from './surrogates.ts';

/**
 * Leaky integrate-and-fire neuron. Bellec et al., Nat. Commun. 11:3625 (2020), eqs 6 and 8; theta is their v_th, s what the axon sends.
 *
 *     v(t) = lambda v(t-1) + gain u(t) - theta s(t-1)             the reset subtracts, a timestep after the spike
 *     s(t) = v(t) >= theta, unless it waits: for `refractory` timesteps from its spike on
 *     psi(t) = height f(|v(t) - theta| / width)                   the declared pseudo-derivative ds/dv; 0 while it waits
 *
 * Times are in timesteps. `spikes` counts those before this timestep. Gradients ignore the reset, as e-prop does.
 */
export const lif = neuron({
  name: 'lif',
  params: {
    ...{ lambda: exp(-1 / 20), gain: 1, theta: 1, refractory: 0 },
    ...{ surrogate: surrogates.triangle, height: 0.3, width: 1 },
  },
  range: { lambda: [0, 1], refractory: [0, Infinity], surrogate: [0, 3], width: [Number.MIN_VALUE, Infinity] },
  ports: { u: 'v' },
  state: { v: 0, wait: 0, spikes: 0 },
  step: ({ v, wait, spikes, u, last, lambda, gain, theta, refractory }) => ({
    v: lambda * v + gain * u - theta * detach(last.out),
    wait: max((last.out > 0 ? refractory : wait) - 1, 0),
    spikes: spikes + detach(last.out),
  }),
  axon: 'event',
  sends: ({ v, wait, theta, surrogate, height, width }) => {
    const over = v - theta;
    const psi = height * pseudoDerivative(surrogate, over / width);
    return { out: wait > 0 ? 0 : spike(over, psi), slope: detach(wait > 0 ? 0 : psi) };
  },
  shows: ({ spikes }) => ({ spikes }),
});
