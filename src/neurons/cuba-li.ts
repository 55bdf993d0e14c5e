import { exp } from '../local/index.ts';
import { neuron } from './neuron.ts';

/**
 * Linear leaky integrator of a decaying synaptic current: the CubaLI of NIR, and with alpha = 0 and enters = 1 its LI. Pedersen et al.,
 * Nat. Commun. 15:8122 (2024), Table 1.
 *
 *     i(t) = alpha i(t-1) + enters (u(t) + bias)                        alpha = exp(-dt/tau_syn), enters = (1 - alpha) w_in
 *     y(t) = kappa y(t-1) + (1 - kappa) rest + gain i(t)                kappa = exp(-dt/tau_mem), gain = (1 - kappa) R
 */
export const cubaLi = neuron({
  name: 'cuba-li',
  params: { alpha: exp(-1 / 5), enters: 1, bias: 0, kappa: exp(-1 / 20), gain: 1 - exp(-1 / 20), rest: 0 },
  range: { alpha: [0, 1], kappa: [0, 1] },
  ports: { u: 'y' },
  state: { i: 0, y: 0 },
  step: ({ i, y, u, alpha, enters, bias, kappa, gain, rest }) => {
    const current = alpha * i + enters * (u + bias);
    return { i: current, y: kappa * y + (1 - kappa) * rest + gain * current };
  },
  sends: ({ y }) => ({ out: y }),
});
