/**
 * The locality map: what does each step towards local learning cost?
 *
 *     reach    the neurons on which a synapse tracks its influence: RFLO only its own neuron, SnAp-n those within n steps, RTRL all
 *     angle    degrees between the feedback weights and the transposed readout, held constant: 0 needs weight transport, larger angles need all
 *              readout weights; 'random': free and fixed, as in RFLO, so that the readout can align with them
 *     delay    delay of the broadcast error, timesteps
 *
 *     npm run -s rxflo -- sweep scenarios/locality-map.ts
 *
 * The network is sparse, because in a dense network SnAp-2 is already RTRL. Task: periodic output, Murray, eLife 8:e43299 (2019), Fig. 2.
 */
import { circuit, delta, leakyTanh, linear, normal, periodic, probability, rflo, scenario, uniform } from 'rxflo';

export default scenario({
  title: 'The locality map',
  options: { units: 24, density: 0.2, period: 100, rate: 0.1, angle: '0', delay: 0 },
  circuit: ({ units, density, rate, angle, delay }) =>
    circuit({
      neurons: { h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: {
          from: 'h',
          to: 'h',
          weights: normal({ sd: 1.5 / Math.sqrt(density * units) }),
          connect: probability(density),
          rule: rflo({ eta: rate }),
        },
        readout: { from: 'h', to: 'y', weights: uniform(-0.1, 0.1), rule: delta({ eta: rate }) },
      },
      feedback: {
        error: {
          from: 'y',
          to: 'h',
          weights: normal({ sd: 1 }),
          broadcast: { delay },
          ...(angle !== 'random' && { angle: Number(angle) }),
        },
      },
    }),
  task: ({ period }) => periodic({ period }),
  trials: 2_000,
  feedback: 'random',
  compare: ['rtrl', 'snap-3', 'snap-2', 'snap-1', 'rflo'],
  sweep: {
    grid: {
      learner: ['rtrl', 'snap-3', 'snap-2', 'snap-1', 'rflo'],
      angle: ['0', '45', '90', 'random'],
      delay: [0, 10, 30],
    },
    seeds: 3,
    costs: true,
    places: { RFLO: { learner: 'rflo', angle: 'random', delay: 0 } },
  },
  quick: {
    trials: 20,
    seeds: 1,
    grid: { learner: ['snap-2', 'snap-1', 'rflo'], angle: ['0', '90', 'random'], delay: [0, 30] },
  },
});
