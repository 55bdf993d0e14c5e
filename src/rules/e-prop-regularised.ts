import { exp } from '../local/index.ts';
import { eligibility } from './eligibility.ts';
import { plasticityRule } from './rule.ts';

/**
 * e-prop with firing-rate regularisation, which pulls the mean f = n/T of a neuron's spikes in a trial to `target`: Bellec et al. (2020), eq. 29.
 * Over a trial it requests an additional c (target - n(T)/T) P(T), where n(t) counts the neuron's spikes and P(t) sums e. That is known only at the
 * end of the trial; so each timestep requests its increment, which depends only on what is known by then:
 *
 *     n(t) P(t) - n(t-1) P(t-1) = n(t-1) e(t) + s(t) P(t)          s: the spike, n(t-1): `post.spikes`
 *
 * It is local, except that it knows how long a trial will be: `global.share` is 1/T, a clock of the circuit, the same number for all.
 */
export const epropRegularised = plasticityRule({
  name: 'e-prop-regularised',
  params: { eta: 0.01, kappa: exp(-1 / 20), c: 1, target: 0.01 },
  tunable: ['eta'],
  sees: { post: ['spikes'] },
  globals: ['share'],
  state: { e: eligibility, m: 0, sum: 0 },
  trace: ({ e, m, sum, kappa }) => ({ m: kappa * m + (1 - kappa) * e, sum: sum + e }),
  change: ({ e, m, sum, post, global, eta, c, target }) =>
    eta * (post.signal * m + c * (target * e - global.share * (post.spikes * e + post.out * sum))),
});
