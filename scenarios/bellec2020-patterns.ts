/**
 * Pattern generation with spiking neurons: 100 LIF neurons learn to produce a sum of sines from input spikes that are the same in every trial, by
 * e-prop with random, symmetric and adaptive feedback, and by BPTT. Bellec et al., Nat. Commun. 11:3625 (2020), Fig. 2; the settings are those of
 * their public code and of NEST.
 *
 *     rxflo run scenarios/bellec2020-patterns.ts
 *     rxflo sweep scenarios/bellec2020-patterns.ts
 *
 * All are regularised towards a firing rate of 10 Hz, except BPTT, which follows only the loss. BPTT uses Adam: gradients that run back through a
 * thousand timesteps of recurrent spikes grow so large that plain gradient steps silence the network within a few trials. Adaptive feedback gets the
 * same updates as the readout, and both decay by the fraction `decay` in each trial.
 */
import {
  adam,
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
import { others, spikingProbes } from './systems/spiking.ts';

export default scenario({
  title: 'Bellec et al. (2020): pattern generation',
  options: {
    units: 100,
    timesteps: 1000,
    tau: 30,
    theta: 0.03,
    rate: 0.1,
    regularisation: 0.3,
    decay: 0.001,
    adamRate: 0.001,
  },
  circuit: ({ units, timesteps, tau, theta, rate: eta, regularisation }) => {
    const kappa = exp(-1 / tau);
    const learns = { rule: epropRegularised({ eta, kappa, c: regularisation, target: 0.01 }) };
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
        readout: { from: 'h', to: 'y', weights: normal({ sd: 1 / Math.sqrt(units) }), rule: rflo({ eta }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 / Math.sqrt(units) }) } },
      globals: { share: clock(({ T }) => 1 / T, { T: timesteps }) },
    });
  },
  task: ({ timesteps }) => patternGeneration({ timesteps }),
  trials: 2000,
  compare: ({ tau, rate: eta, decay, adamRate }) => [
    { name: 'e-prop random', learner: 'local' },
    { name: 'e-prop symmetric', learner: 'local', feedback: 'symmetric' },
    {
      ...{ name: 'e-prop adaptive', learner: 'local' },
      rules: {
        readout: adaptiveReadout({ eta, decay }),
        'feedback.error': adaptiveFeedback({ eta, kappa: exp(-1 / tau), decay }),
      },
    },
    {
      ...{ name: 'bptt', learner: 'bptt' },
      rules: Object.fromEntries(
        (['input', 'recurrent', 'readout'] as const).map((group) => [
          group,
          { rule: rflo({ eta: 1 }), optimiser: adam({ eta: adamRate }) },
        ]),
      ),
    },
  ],
  probes: ({ units }) => spikingProbes(units, { adapts: false }),
  sweep: { grid: { learner: ['e-prop random', 'e-prop symmetric', 'e-prop adaptive', 'bptt'] }, seeds: 5 },
  quick: { trials: 20, seeds: 1, settings: { timesteps: 200 } },
});
