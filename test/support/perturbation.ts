/** A learning algorithm of one's own, written as a user writes one, and a scenario that compares it with what is built in. */
import {
  bptt,
  circuit,
  delta,
  input,
  leakyTanh,
  learningAlgorithm,
  learningRate,
  linear,
  normal,
  periodic,
  rflo,
  scenario,
  stream,
  uniform,
  withTrial,
  type LearningAlgorithm,
} from 'rxflo';

/**
 * Weight perturbation: the weights move along a random direction d, by as much as the loss falls along it.
 *
 *     dw = -rate (L(w + size d) - L(w)) / size d      d = +-1, drawn again in every trial
 */
export function perturbation(size = 1e-4): LearningAlgorithm<'perturbation'> {
  return learningAlgorithm({
    name: 'perturbation',
    title: 'weight perturbation',
    settings: { size },
    causal: false,
    open: (built, options) => {
      const network = bptt().open(built, options);
      const rates = new Map(built.groups.map((group) => [group.name, learningRate(group, 'perturbation')]));
      return withTrial(network, (trial, { learn = true, number = 1, pace = 1, ...how } = {}) => {
        if (!learn) return network.trial(trial, { ...how, number, learn });
        const weights = network.weights();
        const draw = stream(options.seed, 'perturbation', number);
        const moves = Object.entries(weights).map(([name, w]) => {
          const rate = rates.get(name) ?? 0;
          return { name, w, rate, d: w.map(() => (rate === 0 ? 0 : draw() < 0.5 ? -1 : 1)) };
        });
        const moved = (by: (rate: number) => number) =>
          Object.fromEntries(moves.map(({ name, w, rate, d }) => [name, w.map((old, k) => old + by(rate) * d[k])]));
        network.setWeights(moved(() => size));
        const there = network.trial(trial, { number, learn: false });
        network.setWeights(weights);
        const here = network.trial(trial, { ...how, number, learn: false });
        network.setWeights(moved((rate) => (-rate * pace * (there - here)) / size));
        return here;
      });
    },
  });
}

export default scenario({
  title: 'Perturbation',
  options: { size: 1e-4, period: 12 },
  circuit: () =>
    circuit({
      neurons: { x: input(1), h: leakyTanh(5, { tau: 3, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: rflo() },
        afferent: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
        readout: { from: 'h', to: 'y', weights: uniform(-0.1, 0.1), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: ({ period }) => {
    const task = periodic({ period });
    return {
      ...task,
      inputs: 1,
      trial: (index, random) => ({ ...task.trial(index, random), input: new Float64Array(period).fill(1) }),
    };
  },
  trials: 10,
  compare: ({ size }) => ['rflo', bptt(), perturbation(size), { learner: 'rtrl', schedule: 'online' }],
});
