import { detach, exp, pseudoDerivative, spike } from '../local/index.ts';
import { neuron } from './neuron.ts';
import { surrogates } from './surrogates.ts';

/**
 * Leaky integrate-and-fire neuron that is reset to a value, in the timestep of its spike: the LIF of NIR and of Lava. With lambda = 1 it is their
 * IF, with lambda = 0 a threshold. Pedersen et al., Nat. Commun. 15:8122 (2024), Table 1.
 *
 *     v(t) = lambda (s(t-1) ? reset : v(t-1)) + (1 - lambda) rest + gain (u(t) + bias)      lambda = exp(-dt/tau), gain = (1 - lambda) R
 *     s(t) = v(t) > theta
 *
 * v is the voltage before the reset, which is what the threshold and the pseudo-derivative see. `spikes` counts those before this timestep.
 */
export const resettingLif = neuron({
  name: 'resetting-lif',
  params: {
    ...{ lambda: exp(-1 / 20), gain: 1 - exp(-1 / 20), rest: 0, bias: 0, theta: 1, reset: 0 },
    ...{ surrogate: surrogates.triangle, height: 0.3, width: 1 },
  },
  range: { lambda: [0, 1], surrogate: [0, 3], width: [Number.MIN_VALUE, Infinity] },
  ports: { u: 'v' },
  state: { v: 0, spikes: 0 },
  step: ({ v, spikes, u, last, lambda, gain, rest, bias, reset }) => ({
    v: lambda * (last.out > 0 ? reset : v) + (1 - lambda) * rest + gain * (u + bias),
    spikes: spikes + detach(last.out),
  }),
  axon: 'event',
  sends: ({ v, theta, surrogate, height, width }) => {
    const below = theta - v;
    const psi = height * pseudoDerivative(surrogate, below / width);
    return { out: 1 - spike(below, psi), slope: detach(psi) };
  },
  shows: ({ spikes }) => ({ spikes }),
});
