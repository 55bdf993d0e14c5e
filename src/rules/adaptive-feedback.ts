import { exp } from '../local/index.ts';
import { eligibility } from './eligibility.ts';
import { plasticityRule } from './rule.ts';

/**
 * Adaptive e-prop, two rules that belong together: readout and feedback get the same changes, and both decay. Bellec et al., Nat. Commun. 11:3625
 * (2020), methods; Kolen & Pollack (IEEE ICNN 1994). Both filter what neuron i sends as the readout does,
 * f_i(t) = kappa f_i(t-1) + (1 - kappa) s_i(t): the readout's synapses as their eligibility trace, the feedback's with the readout's kappa as a
 * parameter.
 *
 *     dWout_ki = eta/T  e_k(t) f_i(t) - decay/T  Wout_ki           readout synapses: adaptiveReadout
 *     dB_ik    = eta/T  f_i(t) e_k(t) - decay/T  B_ik              feedback synapses: adaptiveFeedback; the session divides by T
 */
export const adaptiveReadout = plasticityRule({
  name: 'adaptive-readout',
  params: { eta: 0.01, decay: 0.01 },
  tunable: ['eta'],
  state: { f: eligibility },
  change: ({ w, f, post, eta, decay }) => eta * (post.signal * f) - decay * w,
});

/** For the `rule` of a feedback: there `pre.out` is the error as it arrives. */
export const adaptiveFeedback = plasticityRule({
  name: 'adaptive-feedback',
  params: { eta: 0.01, decay: 0.01, kappa: exp(-1 / 20) },
  tunable: ['eta'],
  state: { f: 0 },
  trace: ({ f, post, kappa }) => ({ f: kappa * f + (1 - kappa) * post.out }),
  change: ({ w, f, pre, eta, decay }) => eta * (pre.out * f) - decay * w,
});
