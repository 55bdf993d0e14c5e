/**
 * Evidence accumulation with spiking neurons: cues on the left and on the right, and after a delay of a second the question on which side there
 * were more, learned by e-prop with 50 LIF and 50 adaptive neurons. Bellec et al., Nat. Commun. 11:3625 (2020), Fig. 4; the settings are those
 * of their public code and of NEST's: batches of 32 trials, and Adam.
 *
 *     rxflo run scenarios/bellec2020-evidence.ts
 *     rxflo run scenarios/bellec2020-evidence.ts --quick
 *
 * A trial is one sequence; 32 of them make an update.
 */
import {
  adam,
  alif,
  circuit,
  clock,
  crossEntropy,
  epropRegularised,
  evidenceAccumulation,
  exp,
  input,
  leakyReadout,
  normal,
  rflo,
  scenario,
  uniform,
} from 'rxflo';
import { others } from './systems/spiking.ts';

export default scenario({
  title: 'Bellec et al. (2020): evidence accumulation',
  options: { units: 100, cues: 7, delay: 1050, rate: 0.005, regularisation: 1, tauA: 2000 },
  circuit: ({ units, cues, delay, rate, regularisation, tauA }) => {
    const [timesteps, recall] = [cues * 150 + delay + 150, 150];
    const [lambda, rho] = [exp(-1 / 20), exp(-1 / tauA)];
    const adaptive = (1.7 * (1 - rho)) / (1 - lambda);
    // Adam takes steps of its own length: a rule asks it for the gradient of the mean over what is asked.
    const eta = timesteps / recall;
    const by = { optimiser: adam({ eta: rate }) };
    const learns = { rule: epropRegularised({ eta, kappa: lambda, c: regularisation / eta, target: 0.01 }), ...by };
    return circuit({
      neurons: {
        x: input(40),
        h: alif(units, {
          ...{ lambda, rho, theta: 0.6, refractory: 5, height: 0.3 / 0.6, width: 0.6 },
          beta: Array.from({ length: units }, (_, i) => (i < units / 2 ? 0 : adaptive)),
        }),
        y: leakyReadout(2, { kappa: lambda, gain: 1 - lambda }),
      },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal({ sd: 1 / Math.sqrt(40) }), ...learns },
        recurrent: {
          from: 'h',
          to: 'h',
          weights: normal({ sd: 1 / Math.sqrt(units) }),
          connect: others(units),
          ...learns,
        },
        readout: {
          ...{ from: 'h', to: 'y', rule: rflo({ eta }), ...by },
          weights: uniform(-Math.sqrt(6 / (units + 2)), Math.sqrt(6 / (units + 2))),
        },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
      globals: { share: clock(({ T }) => 1 / T, { T: timesteps }) },
      losses: { y: crossEntropy },
    });
  },
  task: ({ cues, delay }) => evidenceAccumulation({ cues, delay }),
  batch: 32,
  trials: 19_200,
  compare: [
    { name: 'e-prop random', learner: 'local' },
    { name: 'e-prop symmetric', learner: 'local', feedback: 'symmetric' },
  ],
  quick: { trials: 640, settings: { cues: 1, delay: 50 } },
});
