/**
 * A scenario in which much could go wrong on resuming: random trials, sparse groups, an input, a delay, and probes of both kinds.
 */
export const noisyScenario = `import {
  circuit, delta, input, leakyTanh, linear, normal, probability, rflo, scenario, uniform, type Task,
} from 'rxflo';

const T = 15;
const noise: Task = {
  name: 'noise',
  inputs: 2,
  outputs: 1,
  settings: { timesteps: T },
  trial: (index, random) => {
    const x = Float64Array.from({ length: T * 2 }, () => random() - 0.5);
    return { timesteps: T, input: x, target: Float64Array.from({ length: T }, (_, t) => x[2 * t] * x[2 * t + 1]) };
  },
};

export default scenario({
  title: 'Noise',
  circuit: () =>
    circuit({
      neurons: { x: input(2), h: leakyTanh(8, { tau: 4, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', delay: 2, weights: normal({ sd: 0.5 }), connect: probability(0.6), rule: rflo() },
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
        readout: { from: 'h', to: 'y', weights: uniform(-0.1, 0.1), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: () => noise,
  probes: {
    rates: { neurons: 'h', value: 'rate', everyTimesteps: 5, everyTrials: 40 },
    weights: { synapses: 'recurrent', value: 'weight', everyTrials: 100 },
  },
  trials: 2000,
  compare: ['rflo', 'bptt', 'rtrl'],
});
`;
