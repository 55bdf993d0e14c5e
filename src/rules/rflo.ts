import { plasticityRule } from './rule.ts';

/**
 * Random feedback local online learning. Murray, eLife 8:e43299 (2019), eqs 3-5.
 *
 *     p_ij(t) = (1 - alpha) p_ij(t-1) + alpha phi'(u_i(t)) h_j      the eligibility trace
 *     dW_ij   = rate/T  l_i(t) p_ij(t),   l_i = [B e]_i             the session divides by T
 *
 * `retention` is 1 - alpha and `slope` is alpha phi'(u_i), so the trace follows the neuron it sits on, whatever its model.
 */
export const rflo = plasticityRule({
  name: 'rflo',
  params: { rate: 0.03 },
  state: { p: 0 },
  trace: ({ p, pre, post }) => ({ p: post.retention * p + post.slope * pre.rate }),
  change: ({ p, post, rate }) => rate * post.signal * p,
});
