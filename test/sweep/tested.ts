/** A small scenario whose task has a test; nothing learns much in it. */
import { circuit, delta, input, intervalMatching, leakyTanh, linear, normal, rflo, scenario, uniform } from 'rxflo';

export default scenario({
  title: 'Tested',
  options: { longest: 8, rate: 0.3, label: 'Nearness', tested: true },
  circuit: ({ rate }) =>
    circuit({
      neurons: { x: input(1), h: leakyTanh(6, { tau: 3 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.6 }), rule: rflo({ eta: rate }) },
        afferent: { from: 'x', to: 'h', weights: normal() },
        readout: { from: 'h', to: 'y', weights: uniform(-0.4, 0.4), rule: delta({ eta: rate }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: ({ longest, label, tested }) => {
    const task = intervalMatching({
      ...{ shortest: 4, longest, pulse: 2, width: 1.5, before: 1, after: 4 },
      unseen: [6, 6],
    });
    const { test, ...plain } = task;
    if (!test || !tested) return plain;
    return {
      ...plain,
      test: {
        ...test,
        scores: {
          nearness: { label, better: 'higher' },
          'late error': { label: 'Mean error where the delay is above 6', better: 'lower' },
        },
        score: ({ input, target }, answer) => {
          const error = answer.reduce((sum, y, t) => sum + Math.abs(y - target[t]), 0) / answer.length;
          return { nearness: 1 / (1 + error), ...(input.lastIndexOf(1) > 8 && { 'late error': error }) };
        },
      },
    };
  },
  trials: 20,
  compare: ['rflo', 'bptt'],
  sweep: {
    grid: { longest: [8, 12], learner: ['rflo', 'bptt'], rate: [0.1, 1] },
    ...{ best: 'rate', score: 'nearness', testEvery: 6, seeds: 3 },
  },
});
