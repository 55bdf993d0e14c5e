import { plasticityRule } from './rule.ts';

/**
 * Relearned feedback, two rules that go together: Kolen & Pollack, "Backpropagation without weight transport" (IEEE ICNN 1994); Akrout,
 * Wilson, Humphreys, Lillicrap & Tweed, "Deep learning without weight transport" (NeurIPS 2019).
 *
 *     dWout_ki = eta/T  e_k(t) h_i(t) - decay/T  Wout_ki           readout synapses: kolenPollack
 *     dB_ik    = eta/T  h_i(t) e_k(t) - decay/T  B_ik              feedback synapses: kolenPollackFeedback; the session divides by T
 *
 * Both ask for the same change where they have the same parameters and the error arrives as it is, so what they differ by shrinks by
 * 1 - decay in every trial: B becomes Wout transposed, and neither synapse has seen the other. That a synapse stands in a readout or in
 * feedback it cannot tell from its view: the outer product has the error on its postsynaptic side in the one and on its presynaptic in the
 * other. Hence two rules.
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
