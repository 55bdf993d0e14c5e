import { tanh } from '../local/index.ts';
import { neuronModel } from './rate.ts';

/**
 * Leaky tanh rate unit. Murray, eLife 8:e43299 (2019), eq. 1, with alpha = 1/tau.
 *
 *     h(t) = h(t-1) + alpha (tanh u(t) - h(t-1))
 */
export const leakyTanh = neuronModel({
  name: 'leaky-tanh',
  params: { tau: 10 }, // time constant, timesteps
  range: { tau: [1, Infinity] },
  rate: ({ h, u, tau }) => {
    const alpha = 1 / tau;
    return h + alpha * (tanh(u) - h);
  },
});
