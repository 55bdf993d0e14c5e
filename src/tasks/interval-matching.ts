import { exp } from '../local/index.ts';
import { intervalTest } from './interval-test.ts';
import { intervalsOf, type IntervalMatchingOptions, type Intervals } from './intervals.ts';
import type { Task, Trial } from './task.ts';

/**
 * Interval matching: two pulses come a delay apart; the answer, one pulse, must follow the second after the same delay.
 * Murray, eLife 8:e43299 (2019), Fig. 3.
 *
 *     x(t)      _|‾|_______|‾|________________        the first pulse begins at t0 = before + 1, the second at t0 + d
 *     target(t) _____________________/\_______        exp(-(t - t0 - 2 d)^2 / (2 width^2))
 *
 * d is drawn in each trial, uniformly from those of shortest..longest that are not unseen. T = before + 2 longest + after, whatever d is.
 *
 * The test has 100 trials with delays from all of shortest..longest: the first are at both ends, in the middle and in the middle of the unseen
 * ones, the others are drawn. A trial counts as answered if the largest output after the second pulse is at most `tolerance` timesteps from
 * t0 + 2 d, and at least half as high as the target's peak. Scores: `answered`, the fraction of all trials, and if there are unseen delays,
 * `answered unseen`, the fraction of trials with these.
 */
export function intervalMatching(options: IntervalMatchingOptions = {}): Task {
  const intervals = intervalsOf(options);
  const { shortest, longest, unseen } = intervals;
  const skipped = unseen ? unseen[1] - unseen[0] + 1 : 0;
  const first = unseen?.[0] ?? Infinity;
  return {
    name: 'interval matching',
    inputs: 1,
    outputs: 1,
    settings: { ...intervals },
    trial: (_, random) => {
      const drawn = shortest + Math.floor(random() * (longest - shortest + 1 - skipped));
      return trialOf(intervals, drawn < first ? drawn : drawn + skipped);
    },
    test: intervalTest(intervals, (delay) => trialOf(intervals, delay)),
  };
}

/** The trial with this delay. */
function trialOf({ longest, pulse, width, before, after }: Intervals, delay: number): Trial {
  const timesteps = before + 2 * longest + after;
  const trial = { timesteps, input: new Float64Array(timesteps), target: new Float64Array(timesteps) };
  trial.input.fill(1, before, before + pulse).fill(1, before + delay, before + delay + pulse);
  trial.target.forEach((_value, row) => {
    const late = (row - before - 2 * delay) / width;
    trial.target[row] = exp(-(late * late) / 2);
  });
  return trial;
}
