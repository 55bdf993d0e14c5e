/**
 * Chaotic function prediction as in NeuroBench (Yik et al., Nat. Commun. 16:1545, 2025): the network predicts the next point of a Mackey-Glass
 * series; in the test it runs autonomously, with its own output as next input. Rate units learn by RFLO or spiking units by e-prop, compared with
 * BPTT.
 *
 *     rxflo run scenarios/mackey-glass.ts
 *     rxflo run scenarios/mackey-glass.ts --set neurons=spikes
 *     rxflo neurobench scenarios/mackey-glass.ts --weights runs/mackey-glass --learner rflo
 *
 * The series is our own solution of the equation, so results are not exactly comparable with NeuroBench's published numbers. Its 30 starts are
 * `rxflo sweep scenarios/mackey-glass.ts --grid start=0,1,2,...`.
 */
import {
  adam,
  circuit,
  delta,
  eprop,
  exp,
  input,
  leakyReadout,
  leakyTanh,
  lif,
  linear,
  mackeyGlass,
  normal,
  overTrials,
  rflo,
  scenario,
} from 'rxflo';

export default scenario({
  title: 'Mackey-Glass, in the manner of NeuroBench',
  options: { neurons: 'rate', units: 100, tau: 17, start: 0, length: 10, eta: 0.003, noise: 0.01 },
  circuit: ({ neurons, units, eta }) => {
    const optimiser = adam({ eta: overTrials(eta, ({ start, trial }) => start / (1 + trial / 300)) });
    const spread = (sd: number) => normal({ sd: sd / Math.sqrt(units) });
    if (neurons === 'spikes') {
      const kappa = exp(-1 / 3);
      const learns = { rule: eprop({ eta: 1, kappa }), optimiser };
      return circuit({
        neurons: {
          x: input(2),
          h: lif(units, { lambda: exp(-1 / 5), theta: 1 }),
          y: leakyReadout(1, { kappa, gain: 1 - kappa }),
        },
        synapses: {
          input: { from: 'x', to: 'h', weights: normal({ sd: 1 }), ...learns },
          recurrent: { from: 'h', to: 'h', weights: spread(0.5), ...learns },
          readout: { from: 'h', to: 'y', weights: spread(0.5), rule: rflo({ eta: 1 }), optimiser },
          bias: { from: 'x', to: 'y', weights: normal({ sd: 0.1 }), rule: rflo({ eta: 1 }), optimiser },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
      });
    }
    const learns = { rule: rflo({ eta: 1 }), optimiser };
    return circuit({
      neurons: { x: input(2), h: leakyTanh(units, { tau: 2 }), y: linear(1) },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal({ sd: 1 }), ...learns },
        recurrent: { from: 'h', to: 'h', weights: spread(1), ...learns },
        readout: { from: 'h', to: 'y', weights: spread(0.5), rule: delta({ eta: 1 }), optimiser },
        bias: { from: 'x', to: 'y', weights: normal({ sd: 0.1 }), rule: delta({ eta: 1 }), optimiser },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
    });
  },
  task: ({ tau, start, length, noise }) => mackeyGlass({ tau, start, length, noise }),
  trials: 1000,
  compare: ({ neurons }) => [
    { name: neurons === 'spikes' ? 'e-prop' : 'rflo', learner: 'local' },
    { name: 'bptt', learner: 'bptt' },
  ],
  quick: { trials: 60, settings: { units: 40, length: 4 } },
});
