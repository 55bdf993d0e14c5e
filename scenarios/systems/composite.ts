import { neuron, plasticityRule, tanh } from 'rxflo';

/**
 * The pyramidal neuron of compartments.ts without credit that is sent back through a mirrored Jacobian: instead, synapses on its `composite` port
 * predict its own credit from rates. So its axon sends only its rate, and a timestep has fewer phases.
 */
export const compositePyramidal = neuron({
  name: 'composite-pyramidal',
  params: { tau: 10 },
  ports: { basal: 'h', feedback: null, apical: 'c', composite: null },
  state: { h: 0, s: 0, f: 0, c: 0, e: 0, m: 0 },
  step: ({ h, f, c, basal, feedback, apical, composite: predicted, tau }) => ({
    h: (1 - 1 / tau) * h + tanh(basal) / tau,
    s: (1 - tanh(basal) * tanh(basal)) / tau,
    f: feedback,
    c: apical,
    e: f + predicted - c,
    m: apical - predicted,
  }),
  sends: ({ h }) => ({ out: h, rate: h }),
  shows: ({ s, c, e, m }) => ({ slope: s, credit: c, surprise: e, creditMismatch: m }),
});

/** U: predicts the credit of the neuron from the rates of the same timestep. */
export const composite = plasticityRule({
  name: 'composite',
  params: { eta: 0.01 },
  sees: { post: ['creditMismatch'] },
  change: ({ pre, post, eta }) => eta * post.creditMismatch * pre.out,
});
