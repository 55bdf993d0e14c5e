/**
 * Evidence accumulation with spiking neurons: cues appear on the left and on the right, and after a delay of a second the network reports which side
 * had more. 50 LIF and 50 adaptive neurons learn this by e-prop with random, symmetric and adaptive feedback, and by BPTT. Bellec et al., Nat.
 * Commun. 11:3625 (2020), Fig. 4. The settings are those of their public code and of NEST, with batches of 32 trials and Adam, with two exceptions:
 * the readout learns ten times as fast, and learning rates fall to 0. With the published rates (`--set readoutRate=0.005 --set falls=false`) most
 * seeds stay near an error of 9 %.
 *
 *     rxflo run scenarios/bellec2020-evidence.ts
 *     rxflo run scenarios/bellec2020-evidence.ts --quick
 *     rxflo sweep scenarios/bellec2020-evidence.ts --workers 2
 *
 * A trial is one sequence; an update uses 32 trials. The sweep tests the claim about random feedback: 600 updates, five seeds, a test after every 20
 * updates.
 */
import { evidenceAccumulation, scenario } from 'rxflo';
import { spikingProbes } from './systems/spiking.ts';
import { feedbackLearners, spikingClassifier, type SpikingClassifier } from './systems/spiking-classifier.ts';

interface Options {
  readonly units: number;
  readonly cues: number;
  readonly delay: number;
  readonly rate: number;
  readonly readoutRate: number;
  readonly falls: boolean;
  readonly regularisation: number;
  readonly tauA: number;
}

const networkOf = ({ units, cues, delay, tauA, ...learning }: Options): SpikingClassifier => ({
  ...{ inputs: 40, units, adaptive: units / 2, tauA, theta: 0.6, gain: 1, refractory: 5, feedback: 1 },
  ...{ timesteps: cues * 150 + delay + 150, asked: 150, ...learning },
});

export default scenario({
  title: 'Bellec et al. (2020): evidence accumulation',
  options: {
    units: 100,
    cues: 7,
    delay: 1050,
    rate: 0.005,
    readoutRate: 0.05,
    falls: true,
    regularisation: 1,
    tauA: 2000,
    decay: 0.01,
  },
  circuit: (options) => spikingClassifier(networkOf(options)),
  task: ({ cues, delay }) => evidenceAccumulation({ cues, delay }),
  batch: 32,
  trials: 19_200,
  compare: (options) => feedbackLearners({ ...networkOf(options), decay: options.decay }),
  probes: ({ units }) => ({
    ...spikingProbes(units, { adapts: true }),
    error: { test: 'scores', everyTrials: 20 * 32 },
  }),
  sweep: { grid: { learner: ['e-prop random'] }, seeds: 5, score: 'error', testEvery: 640 },
  quick: { trials: 1920, seeds: 1, settings: { cues: 1, delay: 50 } },
});
