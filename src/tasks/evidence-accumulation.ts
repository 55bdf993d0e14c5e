import { InputError } from '../errors/index.ts';
import type { Stream } from '../random/index.ts';
import { blankTrial, classTask } from './classified.ts';
import { channels, completed, probability, timesteps, type Option } from './options.ts';
import type { Task, Trial } from './task.ts';

/** The options of evidence accumulation; times in timesteps. */
export interface EvidenceAccumulationOptions {
  /** Input channels of each group: left, right, recall and noise. Default 10. */
  readonly channels?: number;
  /** How many cues a trial has; an odd number, so that one side has more. Default 7. */
  readonly cues?: number;
  /** The silence before each cue. Default 50. */
  readonly silence?: number;
  /** How long a cue lasts. Default 100. */
  readonly cue?: number;
  /** From the last cue to the recall. Default 1050. */
  readonly delay?: number;
  /** How long the recall lasts, the only part with a target. Default 150. */
  readonly recall?: number;
  /** The probability that a cue is on the trial's likelier side. Default 0.7. */
  readonly likely?: number;
  /** The probability of a spike of a channel at a timestep, in cue and recall. Default 0.04. */
  readonly rate?: number;
  /** The same for the noise group, in every timestep. Default 0.01. */
  readonly noise?: number;
}

const OPTIONS = {
  ...{ channels: channels(10), cues: { ...timesteps(7, 1), most: 10_001 } },
  ...{ silence: timesteps(50), cue: timesteps(100, 1), delay: timesteps(1050), recall: timesteps(150, 1) },
  ...{ likely: probability(0.7), rate: probability(0.04), noise: probability(0.01) },
} satisfies Readonly<Record<keyof EvidenceAccumulationOptions, Option>>;

/**
 * Evidence accumulation: cues on the left and on the right, and long after them the question which side had more. Bellec et al., Nat.
 * Commun. 11:3625 (2020), Fig. 4; Morcos & Harvey, Nat. Neurosci. 19:1672 (2016).
 *
 *     left, right   _|cue|__|cue|__ ... _________________________        `cues` of them, each after `silence`
 *     recall        _______________________________|‾‾‾‾‾‾‾‾‾‾‾‾‾|       `delay` after the last
 *     target        NaN: no target                 | 1 at the side |       two channels, left and right
 *
 * All input channels spike by chance; T = cues (silence + cue) + delay + recall. The likelier side is drawn in each trial, left or right
 * with equal probability. The test has 100 trials; its score is the fraction answered wrongly.
 */
export function evidenceAccumulation(options: EvidenceAccumulationOptions = {}): Task {
  const settings = completed('evidenceAccumulation', options, OPTIONS);
  if (settings.cues % 2 === 0) {
    throw new InputError(
      'evidenceAccumulation.cues',
      `${settings.cues} is even; give an odd number, so that one side has more`,
    );
  }
  return classTask('evidence accumulation', settings, settings.channels, (random) => trialOf(settings, random));
}

function trialOf(settings: Readonly<Record<keyof EvidenceAccumulationOptions, number>>, random: Stream): Trial {
  const { channels: each, cues, silence, cue, delay, recall, likely, rate, noise } = settings;
  const timesteps = cues * (silence + cue) + delay + recall;
  const { trial, play, ask } = blankTrial(timesteps, each, random);
  const side = random() < 0.5 ? 0 : 1;
  const sides = Array.from({ length: cues }, () => (random() < likely ? side : 1 - side));
  sides.forEach((group, k) => {
    play(group, k * (silence + cue) + silence, (k + 1) * (silence + cue), rate);
  });
  play(2, timesteps - recall, timesteps, rate);
  play(3, 0, timesteps, noise);
  ask(sides.filter((one) => one === 1).length > cues / 2 ? 1 : 0, timesteps - recall, timesteps);
  return trial;
}
