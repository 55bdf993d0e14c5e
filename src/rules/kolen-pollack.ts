import { plasticityRule } from './rule.ts';

/**
 * Relearned feedback, two rules that belong together: Kolen & Pollack, "Backpropagation without weight transport" (IEEE ICNN 1994); Akrout,
 * Wilson, Humphreys, Lillicrap & Tweed, "Deep learning without weight transport" (NeurIPS 2019).
 *
 *     dWout_ki = eta/T  e_k(t) h_i(t) - decay/T  Wout_ki           readout synapses: kolenPollack
 *     dB_ik    = eta/T  h_i(t) e_k(t) - decay/T  B_ik              feedback synapses: kolenPollackFeedback; the session divides by T
 *
 * Both request the same change if they have the same parameters and the error arrives unchanged, so their difference shrinks by a factor of
 * 1 - decay in every trial: B becomes Wout transposed, although neither synapse sees the other. There are two rules because a synapse cannot
 * tell from its view whether it is in a readout or in feedback: the error is on the postsynaptic side in the one, and on the presynaptic side in
 * the other.
 */
export const kolenPollack = plasticityRule({
  name: 'kolen-pollack',
  params: { eta: 0.03, decay: 0.01 },
  tunable: ['eta'],
  change: ({ w, pre, post, eta, decay }) => eta * (post.signal * pre.rate) - decay * w,
});

/** For the `rule` of a feedback: there `pre.rate` is the error as it arrives. */
export const kolenPollackFeedback = plasticityRule({
  name: 'kolen-pollack-feedback',
  params: { eta: 0.03, decay: 0.01 },
  tunable: ['eta'],
  change: ({ w, pre, post, eta, decay }) => eta * (post.rate * pre.rate) - decay * w,
});
