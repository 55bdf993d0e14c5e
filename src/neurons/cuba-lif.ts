import { detach, exp, pseudoDerivative, spike } from '../local/index.ts';
import { neuron } from './neuron.ts';
import { surrogates } from './surrogates.ts';

/**
 * Leaky integrate-and-fire neuron with a decaying synaptic current, reset to a value: the CubaLIF of NIR. Pedersen et al., Nat. Commun.
 * 15:8122 (2024), Table 1.
 *
 *     i(t) = alpha i(t-1) + enters (u(t) + bias)                                           alpha = exp(-dt/tau_syn), enters = (1 - alpha) w_in
 *     v(t) = lambda (s(t-1) ? reset : v(t-1)) + (1 - lambda) rest + gain i(t)              lambda = exp(-dt/tau_mem), gain = (1 - lambda) R
 *     s(t) = v(t) > theta
 *
 * v is the voltage before the reset. `spikes` counts those before this timestep.
 */
export const cubaLif = neuron({
  name: 'cuba-lif',
  params: {
    ...{ alpha: exp(-1 / 5), enters: 1, bias: 0, lambda: exp(-1 / 20), gain: 1 - exp(-1 / 20), rest: 0 },
    ...{ theta: 1, reset: 0, surrogate: surrogates.triangle, height: 0.3, width: 1 },
  },
  range: { alpha: [0, 1], lambda: [0, 1], surrogate: [0, 3], width: [Number.MIN_VALUE, Infinity] },
  ports: { u: 'v' },
  state: { i: 0, v: 0, spikes: 0 },
  step: ({ i, v, spikes, u, last, alpha, enters, bias, lambda, gain, rest, reset }) => {
    const current = alpha * i + enters * (u + bias);
    return {
      i: current,
      v: lambda * (last.out > 0 ? reset : v) + (1 - lambda) * rest + gain * current,
      spikes: spikes + detach(last.out),
    };
  },
  axon: 'event',
  sends: ({ v, theta, surrogate, height, width }) => {
    const below = theta - v;
    const psi = height * pseudoDerivative(surrogate, below / width);
    return { out: 1 - spike(below, psi), slope: detach(psi) };
  },
  shows: ({ spikes }) => ({ spikes }),
});
