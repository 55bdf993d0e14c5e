import type { Stream } from '../random/index.ts';
import { blankTrial, classTask } from './classified.ts';
import { channels, completed, probability, timesteps, type Option } from './options.ts';
import type { Task, Trial } from './task.ts';

/** The options of delayed recall. */
export interface DelayedRecallOptions {
  /** Input channels of each symbol: two values, store and recall. Default 25. */
  readonly channels?: number;
  /** Symbols of a trial. Default 12. */
  readonly symbols?: number;
  /** How long a symbol lasts, timesteps. Default 200. */
  readonly symbol?: number;
  /** The probability that a symbol is the next command: store if the last was recall, else recall. Default 1/7. */
  readonly command?: number;
  /** The probability that a symbol without a command shows a random value, which must be ignored. The authors' code has 1. Default 0. */
  readonly between?: number;
  /** The probability of a spike of a channel at a timestep, while its symbol is shown. Default 0.05. */
  readonly rate?: number;
}

const OPTIONS = {
  ...{ channels: channels(25), symbols: { ...timesteps(12, 2), most: 100_000 }, symbol: timesteps(200, 1) },
  ...{ command: probability(1 / 7), between: probability(0), rate: probability(0.05) },
} satisfies Readonly<Record<keyof DelayedRecallOptions, Option>>;

const [STORE, RECALL] = [2, 3];

/**
 * Delayed recall, or store and recall: a value is shown together with the command to store it, and later another command asks for it. Bellec,
 * Salaj, Subramoney, Legenstein & Maass (NeurIPS 2018), and the public code of Bellec et al., Nat. Commun. 11:3625 (2020).
 *
 *     value     _|1|___________________|0|____        with each store; between commands with probability `between`
 *     store     _|‾|___________________|‾|____
 *     recall    ___________|‾|______________|‾|
 *     target    NaN        |1|              |0|       two channels, one for each value; elsewhere no target
 *
 * All channels spike by chance; T = symbols * symbol. Each symbol is the next command with probability `command`, so that the mean delay is
 * 1/command symbols. The test has 100 trials; its score is the fraction of recalls that are answered wrongly, averaged over the trials that have one.
 */
export function delayedRecall(options: DelayedRecallOptions = {}): Task {
  const settings = completed('delayedRecall', options, OPTIONS);
  return classTask('delayed recall', settings, settings.channels, (random) => trialOf(settings, random));
}

function trialOf(settings: Readonly<Record<keyof DelayedRecallOptions, number>>, random: Stream): Trial {
  const { channels: each, symbols, symbol, command, between, rate } = settings;
  const { trial, play, ask } = blankTrial(symbols * symbol, each, random);
  let stored: number | undefined;
  for (let from = 0; from < symbols * symbol; from += symbol) {
    const to = from + symbol;
    if (random() >= command) {
      if (between > 0 && random() < between) play(random() < 0.5 ? 0 : 1, from, to, rate);
      continue;
    }
    if (stored === undefined) {
      stored = random() < 0.5 ? 0 : 1;
      play(stored, from, to, rate);
      play(STORE, from, to, rate);
    } else {
      play(RECALL, from, to, rate);
      ask(stored, from, to);
      stored = undefined;
    }
  }
  return trial;
}
