import { exp } from '../local/index.ts';
import type { Stream } from '../random/index.ts';
import type { Score, Task, Trial } from './task.ts';

/** The score of tasks whose targets are classes, one channel each. */
const SCORES: Readonly<Record<'error', Score>> = {
  error: { label: 'Fraction answered wrongly', better: 'lower' },
};

/** How many groups of input channels such tasks have, and how many classes. */
const [GROUPS, CLASSES] = [4, 2];

/** A task of two classes whose input is four groups of channels that spike by chance. Its test has 100 further trials. */
export function classTask(
  name: string,
  settings: Readonly<Record<string, number>>,
  channels: number,
  make: (random: Stream) => Trial,
): Task {
  const trial = (_: number, random: Stream) => make(random);
  const score = (played: Trial, answer: Float64Array) => ({ error: wrongAnswers(played, answer) });
  return {
    ...{ name, settings, inputs: GROUPS * channels, outputs: CLASSES, trial },
    test: { scores: SCORES, trials: 100, trial, score },
  };
}

/** A trial that is being made. Timesteps `from`..`to` are counted from 0, `to` excluded. */
interface Draft {
  readonly trial: Trial;
  /** Each channel of a group spikes at each of these timesteps with this probability. Call it once for each group and timestep. */
  readonly play: (group: number, from: number, to: number, probability: number) => void;
  /** The answer is this class, 0 or 1. */
  readonly ask: (answer: number, from: number, to: number) => void;
}

/** A trial without spikes and targets so far. */
export function blankTrial(timesteps: number, channels: number, random: Stream): Draft {
  const inputs = GROUPS * channels;
  const trial: Trial = {
    ...{ timesteps, input: new Float64Array(timesteps * inputs) },
    target: new Float64Array(timesteps * CLASSES).fill(NaN),
  };
  return {
    trial,
    play: (group: number, from: number, to: number, probability: number) => {
      const block = Math.min(BLOCK, channels);
      const counts = [block, channels % block].map((size) => countOf(size, probability));
      for (let row = from; row < to; row++) {
        const start = row * inputs + group * channels;
        for (let first = 0; first < channels; first += block) {
          const size = Math.min(block, channels - first);
          const spikes = counts[size === block ? 0 : 1](random());
          // Nothing has spiked there yet, so a timestep without spikes, as most are, needs no work.
          if (spikes > 0) scatter(trial.input.subarray(start + first, start + first + size), spikes, random);
        }
      }
    },
    ask: (answer: number, from: number, to: number) => {
      for (let row = from; row < to; row++) trial.target.set([1 - answer, answer], CLASSES * row);
    },
  };
}

/** Channels whose spikes in a timestep are counted together. With many more, the probability that none spikes would be too small a number. */
const BLOCK = 16;

/** Puts `ones` ones at random places, and zeros elsewhere. If more than half are ones, the places of the zeros are drawn. */
function scatter(values: Float64Array, ones: number, random: Stream): void {
  const [drawn, value] = 2 * ones > values.length ? [values.length - ones, 0] : [ones, 1];
  values.fill(1 - value);
  for (let left = drawn; left > 0;) {
    const k = Math.floor(random() * values.length);
    if (values[k] === value) continue;
    values[k] = value;
    left--;
  }
}

/**
 * How many of n channels spike if each does so with probability p, from one number u, uniform in [0, 1): the smallest k with P(at most k) > u. Which
 * ones spike is drawn only if there are any: with few spikes, a tenth of a draw for each channel.
 */
function countOf(n: number, p: number): (u: number) => number {
  if (p === 1) return () => n;
  const atMost: number[] = [];
  let exactly = 1;
  for (let k = 0; k < n; k++) exactly *= 1 - p;
  for (let k = 0, sum = 0; k < n; k++) {
    sum += exactly;
    atMost.push(sum);
    exactly *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return (u) => {
    let k = 0;
    while (k < n && u >= atMost[k]) k++;
    return k;
  };
}

/**
 * The fraction of a trial's questions that was answered wrongly. A question is a stretch of timesteps with a target; the answer to it is the class
 * with the largest probability (softmax of the outputs), summed over the stretch. NaN for a trial without questions.
 */
function wrongAnswers({ timesteps, target }: Trial, answer: Float64Array): number {
  const classes = target.length / timesteps;
  const at = (values: Float64Array, row: number) => values.subarray(row * classes, (row + 1) * classes);
  const asks = (row: number) => row < timesteps && !Number.isNaN(target[row * classes]);
  let [asked, wrong] = [0, 0];
  let row = 0;
  while (row < timesteps) {
    if (!asks(row)) {
      row++;
      continue;
    }
    const right = largest(at(target, row));
    const sums = new Float64Array(classes);
    for (; asks(row) && largest(at(target, row)) === right; row++) {
      softmax(at(answer, row)).forEach((probability, k) => (sums[k] += probability));
    }
    asked++;
    if (largest(sums) !== right) wrong++;
  }
  return wrong / asked;
}

function softmax(outputs: Float64Array): Float64Array {
  const top = outputs[largest(outputs)];
  const powers = outputs.map((y) => exp(y - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function largest(values: Float64Array): number {
  return values.reduce((best, value, k) => (value > values[best] ? k : best), 0);
}
