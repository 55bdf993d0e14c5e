import { eligibility } from './eligibility.ts';
import { plasticityRule } from './rule.ts';

/**
 * Random feedback local online learning. Murray, eLife 8:e43299 (2019), eqs 3-5.
 *
 *     p_ij(t) = (1 - alpha) p_ij(t-1) + alpha phi'(u_i(t)) h_j      the eligibility trace
 *     dW_ij   = eta/T  l_i(t) p_ij(t),   l_i = [B e]_i             the session divides by T
 *
 * The trace follows from the neuron that the synapse is on, whatever its model: on a leaky tanh unit it is the one above.
 */
export const rflo = plasticityRule({
  name: 'rflo',
  params: { eta: 0.03 },
  tunable: ['eta'],
  state: { p: eligibility },
  change: ({ p, post, eta }) => eta * post.signal * p,
});
