import { plasticityRule } from './rule.ts';

/**
 * The delta rule of Widrow & Hoff (1960), for readout synapses: the postsynaptic signal times the presynaptic rate.
 *
 *     dWout_ki = eta/T  e_k(t) h_i(t)                              the session divides by T
 */
export const delta = plasticityRule({
  name: 'delta',
  params: { eta: 0.03 },
  tunable: ['eta'],
  change: ({ pre, post, eta }) => eta * post.signal * pre.rate,
});
