/**
 * Murray, eLife 8:e43299 (2019), Fig. 2: a network of 30 units without input learns to produce an output with a period of 20 to 160 time constants.
 *
 *     rflo                     local, and the error comes through fixed random weights
 *     bptt                     the exact gradient
 *     local without random     RFLO, but with the error through the transposed readout, which is weight transport
 *     random without local     BPTT, but with the error through fixed random weights
 *
 *     rxflo sweep scenarios/murray2019-fig2.ts
 *     rxflo sweep scenarios/murray2019-fig2.ts --quick
 *
 * Every learner is shown at its own best rate, for each period. Figures: final loss against period, with that of the untrained network (b), loss
 * against trials (a; at 800 timesteps d), alignment over training (c), and the outputs after learning (a).
 * Results: docs/murray-2019.md.
 */
import { circuit, delta, leakyTanh, linear, normal, periodic, rflo, scenario, uniform } from 'rxflo';

const learners = ['rflo', 'bptt', 'local without random', 'random without local'];

export default scenario({
  title: 'Murray (2019), Fig. 2: periodic output',
  options: { units: 30, period: 200, rate: 0.03, gain: 1.5 }, // period: timesteps, of which 10 are a time constant
  circuit: ({ units, rate, gain }) =>
    circuit({
      neurons: { h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: gain / Math.sqrt(units) }), rule: rflo({ eta: rate }) },
        readout: {
          from: 'h',
          to: 'y',
          weights: uniform(-0.1 / Math.sqrt(units), 0.1 / Math.sqrt(units)),
          rule: delta({ eta: rate }),
        },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
    }),
  task: ({ period }) => periodic({ period }),
  trials: 10_000,
  compare: [
    'rflo',
    'bptt',
    { name: 'local without random', learner: 'rflo', feedback: 'symmetric' },
    { name: 'random without local', learner: 'bptt', feedback: 'random' },
  ],
  sweep: {
    grid: { period: [200, 400, 800, 1600], learner: learners, rate: [0.0007, 0.002, 0.007, 0.02, 0.07, 0.2] },
    best: 'rate',
    seeds: 9,
  },
  quick: { trials: 2_000, seeds: 3, grid: { period: [200, 800], learner: learners, rate: [0.02, 0.07, 0.2] } },
});
