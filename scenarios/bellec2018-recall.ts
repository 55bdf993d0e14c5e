/**
 * Delayed recall (store-recall) with spiking neurons: a value is shown with the command to store it; about a second later, after other values, a
 * second command requests it. 60 LIF and 40 adaptive neurons learn this by e-prop with random, symmetric and adaptive feedback, and by BPTT.
 * Bellec, Salaj, Subramoney, Legenstein & Maass (NeurIPS 2018), and the store-recall tutorial of Bellec et al., Nat. Commun. 11:3625 (2020).
 *
 *     rxflo run scenarios/bellec2018-recall.ts
 *     rxflo run scenarios/bellec2018-recall.ts --quick
 *     rxflo sweep scenarios/bellec2018-recall.ts --grid "learner=e-prop random" --seeds 1
 *
 * A trial is one sequence; each update, by Adam, uses 128 trials. There are 60 updates; the tutorial has 300. The refractory time is that of the task
 * of evidence accumulation, and as there the readout learns ten times as fast as the rest. Feedback weights are N(0, 1/units), a standard deviation
 * of 0.1, as in the tutorial.
 */
import { delayedRecall, exp, scenario } from 'rxflo';
import { spikingProbes } from './systems/spiking.ts';
import { feedbackLearners, spikingClassifier, type SpikingClassifier } from './systems/spiking-classifier.ts';

interface Options {
  readonly units: number;
  readonly symbols: number;
  readonly symbol: number;
  readonly command: number;
  readonly between: number;
  readonly rate: number;
  readonly readoutRate: number;
  readonly regularisation: number;
  readonly feedback: number;
  readonly tauA: number;
}

/** The mean number of recalls in a trial: half its commands, rounded down. Each symbol is a command with the probability `command`. */
function recallsOf({ symbols, command }: Pick<Options, 'symbols' | 'command'>): number {
  const odd = (1 - (1 - 2 * command) ** symbols) / 2;
  return (symbols * command - odd) / 2;
}

const networkOf = (options: Options): SpikingClassifier => {
  const { units, symbols, symbol, rate, readoutRate, regularisation, feedback, tauA } = options;
  return {
    ...{ inputs: 100, units, adaptive: Math.round(0.4 * units), tauA, theta: 0.03, gain: 1 - exp(-1 / 20) },
    ...{ refractory: 5, timesteps: symbols * symbol, asked: recallsOf(options) * symbol },
    ...{ rate, readoutRate, regularisation, feedback },
  };
};

export default scenario({
  title: 'Bellec et al. (2018): delayed recall',
  options: {
    ...{
      units: 100,
      symbols: 12,
      symbol: 200,
      command: 1 / 7,
      between: 1,
      rate: 0.002,
      readoutRate: 0.02,
      regularisation: 1,
      feedback: 0.1,
      tauA: 1200,
    },
    decay: 0.01,
  },
  circuit: (options) => spikingClassifier(networkOf(options)),
  task: ({ symbols, symbol, command, between }) => delayedRecall({ symbols, symbol, command, between }),
  batch: 128,
  trials: 7680,
  compare: (options) => feedbackLearners({ ...networkOf(options), decay: options.decay }),
  probes: ({ units }) => ({
    ...spikingProbes(units, { adapts: true }),
    error: { test: 'scores', everyTrials: 4 * 128 },
  }),
  sweep: {
    grid: { learner: ['e-prop random', 'e-prop symmetric', 'e-prop adaptive', 'bptt'] },
    ...{ seeds: 5, score: 'error', testEvery: 6 * 128 },
  },
  quick: { trials: 512, seeds: 1, settings: { symbols: 6, symbol: 50, command: 0.5 } },
});
