import { exp } from '../local/index.ts';
import { neuron } from './neuron.ts';

/**
 * Leaky readout of spikes, linear. Bellec et al., Nat. Commun. 11:3625 (2020), eq. 10.
 *
 *     y(t) = kappa y(t-1) + gain u(t)          kappa = exp(-1/tau_out), gain = 1 - kappa by default
 */
export const leakyReadout = neuron({
  name: 'leaky-readout',
  params: { kappa: exp(-1 / 20), gain: 1 - exp(-1 / 20) },
  range: { kappa: [0, 1] },
  ports: { u: 'y' },
  state: { y: 0 },
  step: ({ y, u, kappa, gain }) => ({ y: kappa * y + gain * u }),
  sends: ({ y }) => ({ out: y }),
});
