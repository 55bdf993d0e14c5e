/**
 * A user-defined plasticity rule and neuron model, each in ten lines, on the periodic task and compared with BPTT.
 *
 * rxflo itself does not change: the actors run the rule on every synapse, and BPTT uses the derivatives of the model,
 * which are checked against finite differences when the model is defined.
 *
 *     rxflo run scenarios/custom-rule.ts --set trace=40
 */
import { circuit, delta, exp, linear, neuronModel, normal, periodic, plasticityRule, scenario, uniform } from 'rxflo';

/**
 * RFLO with a separate time constant for the eligibility trace: what does a synapse lose if it does not know that of its neuron?
 * If tau equals the time constant of a leaky neuron, this is RFLO itself.
 *
 *     p_ij(t) = (1 - 1/tau) p_ij(t-1) + s_i(t) h_j,   s_i = dh_i(t)/du_i(t)
 *     dW_ij   = eta/T  l_i(t) p_ij(t)
 */
const slowRflo = plasticityRule({
  name: 'slow-rflo',
  params: { eta: 0.03, tau: 20 }, // tau: of the trace, timesteps
  state: { p: 0 },
  trace: ({ p, pre, post, tau }) => ({ p: (1 - 1 / tau) * p + post.slope * pre.rate }),
  change: ({ p, post, eta }) => eta * post.signal * p,
});

/**
 * Leaky sigmoid unit: its rate stays between 0 and 1, as a firing rate does.
 *
 *     h(t) = h(t-1) + (phi(u(t)) - h(t-1)) / tau,   phi(u) = 1 / (1 + e^-u),   phi' = phi (1 - phi)
 */
const leakySigmoid = neuronModel({
  name: 'leaky-sigmoid',
  params: { tau: 10 }, // timesteps
  range: { tau: [1, Infinity] },
  rate: ({ h, u, tau }) => h + (1 / (1 + exp(-u)) - h) / tau,
  slope: ({ u, tau }) => {
    const phi = 1 / (1 + exp(-u));
    return (phi * (1 - phi)) / tau;
  },
  retention: ({ tau }) => 1 - 1 / tau,
});

export default scenario({
  title: 'A user-defined rule and neuron model',
  options: { units: 50, period: 100, rate: 0.03, trace: 20, gain: 4 },
  circuit: ({ units, rate, trace, gain }) =>
    circuit({
      neurons: { h: leakySigmoid(units, { initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: {
          from: 'h',
          to: 'h',
          weights: normal({ sd: gain / Math.sqrt(units) }),
          rule: slowRflo({ eta: rate, tau: trace }),
        },
        readout: { from: 'h', to: 'y', weights: uniform(-0.1, 0.1), rule: delta({ eta: rate }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
    }),
  task: ({ period }) => periodic({ period }),
  trials: 2000,
  compare: ['slow-rflo', 'bptt'],
});
