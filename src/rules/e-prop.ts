import { exp } from '../local/index.ts';
import { eligibility } from './eligibility.ts';
import { plasticityRule } from './rule.ts';

/**
 * e-prop. Bellec et al., Nat. Commun. 11:3625 (2020), eqs 4, 13 and 25.
 *
 *     e_ij(t) the eligibility trace that the neuron implies, as in RFLO: on a LIF neuron psi_i(t) times the filtered spikes of j
 *     m_ij(t) = kappa m_ij(t-1) + (1 - kappa) e_ij(t)          as the readout filters spikes: give it the readout's kappa
 *     dW_ij   = eta/T  l_i(t) m_ij(t),   l_i = [B e]_i         the session divides by T
 *
 * Readout synapses have a trace that the readout neuron already filters: use RFLO there.
 */
export const eprop = plasticityRule({
  name: 'e-prop',
  params: { eta: 0.01, kappa: exp(-1 / 20) },
  tunable: ['eta'],
  state: { e: eligibility, m: 0 },
  trace: ({ e, m, kappa }) => ({ m: kappa * m + (1 - kappa) * e }),
  change: ({ m, post, eta }) => eta * post.signal * m,
});
