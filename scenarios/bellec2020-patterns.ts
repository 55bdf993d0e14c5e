/**
 * Pattern generation with spiking neurons: 100 LIF neurons make a sum of sines from spikes that are the same in every trial, by e-prop with random,
 * symmetric and adaptive feedback, and by BPTT. Bellec et al., Nat. Commun. 11:3625 (2020), Fig. 2; the settings are those of their public code and of NEST's.
 *
 *     rxflo run scenarios/bellec2020-patterns.ts
 *
 * All are pulled to a firing rate of 10 Hz, BPTT apart, which follows the loss alone.
 */
import {
  adaptiveFeedback,
  adaptiveReadout,
  circuit,
  clock,
  epropRegularised,
  exp,
  input,
  leakyReadout,
  lif,
  normal,
  patternGeneration,
  rflo,
  scenario,
} from 'rxflo';
import { others } from './systems/spiking.ts';

export default scenario({
  title: 'Bellec et al. (2020): pattern generation',
  options: { units: 100, timesteps: 1000, tau: 30, theta: 0.03, rate: 0.1, regularisation: 0.3, feedback: 'fixed' },
  circuit: ({ units, timesteps, tau, theta, rate: eta, regularisation, feedback }) => {
    const kappa = exp(-1 / tau);
    const learns = { rule: epropRegularised({ eta, kappa, c: regularisation, target: 0.01 }) };
    const adaptive = feedback === 'adaptive';
    return circuit({
      neurons: {
        x: input(100),
        h: lif(units, { lambda: kappa, gain: 1 - kappa, theta, height: 0.3 / theta, width: theta }),
        y: leakyReadout(1, { kappa, gain: 1 - kappa }),
      },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal({ sd: 1 / Math.sqrt(100) }), ...learns },
        recurrent: {
          from: 'h',
          to: 'h',
          weights: normal({ sd: 1 / Math.sqrt(units) }),
          connect: others(units),
          ...learns,
        },
        readout: {
          ...{ from: 'h', to: 'y', weights: normal({ sd: 1 / Math.sqrt(units) }) },
          rule: adaptive ? adaptiveReadout({ eta, decay: 0.01 }) : rflo({ eta }),
        },
      },
      feedback: {
        error: {
          ...{ from: 'y', to: 'h', weights: normal({ sd: 1 / Math.sqrt(units) }) },
          ...(adaptive && { rule: adaptiveFeedback({ eta, kappa, decay: 0.01 }) }),
        },
      },
      globals: { share: clock(({ T }) => 1 / T, { T: timesteps }) },
    });
  },
  task: ({ timesteps }) => patternGeneration({ timesteps }),
  trials: 200,
  compare: ({ feedback }) =>
    feedback === 'adaptive'
      ? [{ name: 'e-prop adaptive', learner: 'local' }]
      : [
          { name: 'e-prop random', learner: 'local' },
          { name: 'e-prop symmetric', learner: 'local', feedback: 'symmetric' },
          { name: 'bptt', learner: 'bptt' },
        ],
  quick: { trials: 20, settings: { timesteps: 200 } },
});
