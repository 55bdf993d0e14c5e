import { exp } from '../local/index.ts';
import type { Stream } from '../random/index.ts';
import type { Score, Task, Trial } from './task.ts';

/** The score of tasks whose targets are classes, one channel each. */
const SCORES: Readonly<Record<'error', Score>> = {
  error: { label: 'Fraction answered wrongly', better: 'lower' },
};

/** How many groups of input channels such tasks have, and how many classes. */
const [GROUPS, CLASSES] = [4, 2];

/** A task of two classes whose input is four groups of channels that spike by chance. Its test has 100 trials more. */
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

/** A trial that is being made. Timesteps `from`..`to` are from 0, the last left out. */
interface Draft {
  readonly trial: Trial;
  /** Each channel of a group spikes at each of these timesteps with this probability. */
  readonly play: (group: number, from: number, to: number, probability: number) => void;
  /** The answer is this class, 0 or 1. */
  readonly ask: (answer: number, from: number, to: number) => void;
}

/** A trial in which nothing spikes and nothing is asked yet. */
export function blankTrial(timesteps: number, channels: number, random: Stream): Draft {
  const inputs = GROUPS * channels;
  const trial: Trial = {
    ...{ timesteps, input: new Float64Array(timesteps * inputs) },
    target: new Float64Array(timesteps * CLASSES).fill(NaN),
  };
  return {
    trial,
    play: (group: number, from: number, to: number, probability: number) => {
      for (let row = from; row < to; row++) {
        const first = row * inputs + group * channels;
        for (let k = first; k < first + channels; k++) trial.input[k] = random() < probability ? 1 : 0;
      }
    },
    ask: (answer: number, from: number, to: number) => {
      for (let row = from; row < to; row++) trial.target.set([1 - answer, answer], CLASSES * row);
    },
  };
}

/**
 * How much of a trial was answered wrongly, over stretches of timesteps in which something is asked: in each, the class with the largest
 * probability, softmax of the outputs, summed up over the stretch, is the answer. NaN where nothing is asked.
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
