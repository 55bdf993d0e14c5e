/**
 * The ladder: how much of the exact gradient does each step of locality cost? On the periodic task, in a sparse circuit:
 *
 *     rflo      a synapse knows only its own influence on its own neuron
 *     snap-1    also through that neuron's autapse
 *     snap-2    also on the neurons one synapse away
 *     snap-3    also on those two synapses away
 *     bptt      on all neurons: exact (like rtrl, which costs N^4 per timestep)
 *
 * Each rung appears twice. With symmetric feedback the error comes back through the transposed readout weights, and the top rung is the
 * gradient. With random feedback it comes back through fixed weights or, if an angle is given, through weights held at this angle to the
 * readout weights. For these units RFLO with symmetric feedback is symmetric e-prop, and with random feedback random e-prop (Bellec et al. 2020).
 *
 * Every tenth trial, the probe measures the cosine between a learner's weight update and exact gradient descent.
 *
 *     rxflo run scenarios/ladder.ts --set density=0.05
 *     rxflo run scenarios/ladder.ts --set angle=45
 *     rxflo sweep scenarios/ladder.ts
 *     rxflo run scenarios/ladder.ts --learner snap-1 snap-2 bptt --trials 200
 */
import { circuit, delta, leakyTanh, linear, normal, periodic, probability, rflo, scenario, uniform } from 'rxflo';

export default scenario({
  title: 'The ladder from RFLO to the exact gradient',
  // density: connection probability of two units, including autapses; angle: degrees, or 'random': fixed weights, as in RFLO
  options: { units: 50, density: 0.1, period: 100, rate: 0.03, gain: 1.5, angle: 'random' },
  circuit: ({ units, density, rate, gain, angle }) =>
    circuit({
      neurons: { h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: {
          from: 'h',
          to: 'h',
          connect: probability(density),
          weights: normal({ sd: gain / Math.sqrt(density * units) }),
          rule: rflo({ eta: rate }),
        },
        readout: {
          from: 'h',
          to: 'y',
          weights: uniform(-0.1 / Math.sqrt(units), 0.1 / Math.sqrt(units)),
          rule: delta({ eta: rate }),
        },
      },
      feedback: {
        error: { from: 'y', to: 'h', weights: normal({ sd: 1 }), ...(angle !== 'random' && { angle: Number(angle) }) },
      },
    }),
  task: ({ period }) => periodic({ period }),
  trials: 1000,
  compare: [
    'rflo',
    ...([1, 2, 3] as const).map((n) => ({ learner: `snap-${n}`, feedback: 'random' }) as const),
    { learner: 'bptt', feedback: 'random' },
    { learner: 'rflo', feedback: 'symmetric' },
    'snap-1',
    'snap-2',
    'snap-3',
    'bptt',
  ],
  probes: { gradient: { gradient: 'alignment', everyTrials: 10 } },
  sweep: {
    grid: {
      angle: ['0', '45', 'random'],
      learner: ['rflo', 'snap-1-random', 'snap-2-random', 'snap-3-random', 'bptt-random'],
    },
    seeds: 3,
  },
});
