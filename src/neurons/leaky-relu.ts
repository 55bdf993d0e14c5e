import { neuronModel } from './rate.ts';

/**
 * Leaky rectified-linear rate unit, alpha = 1/tau. Below 0 the activation has the slope `below`.
 *
 *     h(t) = h(t-1) + alpha (phi(u(t)) - h(t-1)),   phi(u) = u if u > 0, else below u
 */
export const leakyRelu = neuronModel({
  name: 'leaky-relu',
  params: { tau: 10, below: 0 }, // time constant, timesteps; slope of phi below 0
  range: { tau: [1, Infinity] },
  rate: ({ h, u, tau, below }) => {
    const alpha = 1 / tau;
    return h + alpha * ((u > 0 ? u : below * u) - h);
  },
});
