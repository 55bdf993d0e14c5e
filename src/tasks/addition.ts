import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { log } from '../local/index.ts';
import type { Stream } from '../random/index.ts';
import { completed, timesteps, type Option } from './options.ts';
import type { Task, Trial } from './task.ts';

const LABELS = ['probability', 'coin'] as const;

/** The options of addition. */
export interface AdditionOptions {
  /** t1: how many samples ago the bit came that raises the answer. Default 5. */
  readonly first?: number;
  /** t2: how many samples ago the bit came that lowers it. Default 9. */
  readonly second?: number;
  /** How many timesteps a sample lasts. Default 1. */
  readonly hold?: number;
  /** T: the length of a trial in timesteps, a whole number of samples. Default 100. */
  readonly timesteps?: number;
  /** The target is the probability itself, or 1 or 0 with that probability. Default 'probability'. */
  readonly labels?: (typeof LABELS)[number];
}

type Lengths = Readonly<Record<keyof typeof OPTIONS, number>>;

const OPTIONS = {
  ...{ first: timesteps(5), second: timesteps(9), hold: timesteps(1, 1), timesteps: timesteps(100, 1) },
} satisfies Readonly<Record<keyof Omit<AdditionOptions, 'labels'>, Option>>;

/**
 * Addition of earlier inputs: the input is a stream of fair bits x, the target a probability that two earlier bits determine. Pitis (2016);
 * Marschall, Cho & Savin (2020).
 *
 *     target(s) = 0.5 + 0.5 x(s - t1) - 0.25 x(s - t2)        input [x, 1-x], target [p, 1-p]; for outputs held to `crossEntropy`
 *
 * Trials are parts of one stream: with `carry: true` the network's state continues, too. Before the stream begins, x is 0. The floors are the lowest
 * mean losses of networks that remember neither bit, one of the two, or both.
 */
export function addition(options: AdditionOptions = {}): Task {
  const { labels = 'probability', ...lengths } = options;
  onlyFields('addition', options, [...Object.keys(OPTIONS), 'labels']);
  const settings = completed('addition', lengths, OPTIONS);
  if (!LABELS.includes(labels)) {
    throw new InputError('addition.labels', `expected ${oneOf(LABELS)}, got ${show(labels)}`);
  }
  if (settings.first === settings.second) {
    throw new InputError(
      'addition.second',
      `is ${settings.second}, the same as first; give a different number of samples`,
    );
  }
  if (settings.timesteps % settings.hold !== 0) {
    throw new InputError(
      'addition.timesteps',
      `${settings.timesteps} is not a whole number of samples of ${settings.hold} timesteps; give a multiple of hold`,
    );
  }
  return {
    ...{ name: 'addition', inputs: 2, outputs: 2, settings: { ...settings, labels }, floors: FLOORS },
    trial: (index, random, earlier) => trialOf(settings, labels, bitsBefore(settings, index, earlier), random),
  };
}

/** Entropy of a coin, in natural units. */
function entropy(p: number): number {
  return [p, 1 - p].reduce((sum, each) => (each > 0 ? sum - each * log(each) : sum), 0);
}

const FLOORS = {
  nothing: entropy(0.625),
  'only t2': (entropy(0.75) + entropy(0.5)) / 2,
  'only t1': (entropy(0.875) + entropy(0.375)) / 2,
  both: (entropy(0.5) + entropy(1) + entropy(0.25) + entropy(0.75)) / 4,
};

/** The last bits of the stream before trial `index`, as many as its targets need, the latest last. */
function bitsBefore(settings: Lengths, index: number, earlier: Parameters<Task['trial']>[2]): readonly number[] {
  const wanted = Math.max(settings.first, settings.second);
  const samples = settings.timesteps / settings.hold;
  let known: readonly number[] = [];
  for (let n = index - 1; n >= 1 && earlier && known.length < wanted; n--) {
    known = drawBits(samples, earlier(n)).concat(known);
  }
  // `first` and `second` differ, so at least one bit is wanted.
  return [...Array.from({ length: wanted }, () => 0), ...known].slice(-wanted);
}

function drawBits(samples: number, random: Stream): readonly number[] {
  return Array.from({ length: samples }, () => (random() < 0.5 ? 0 : 1));
}

function trialOf(
  { first, second, hold, timesteps: T }: Lengths,
  labels: (typeof LABELS)[number],
  before: readonly number[],
  random: Stream,
): Trial {
  const x = [...before, ...drawBits(T / hold, random)];
  const trial = { timesteps: T, input: new Float64Array(2 * T), target: new Float64Array(2 * T) };
  for (let s = before.length, row = 0; s < x.length; s++) {
    const p = 0.5 + 0.5 * x[s - first] - 0.25 * x[s - second];
    const label = labels === 'probability' ? p : random() < p ? 1 : 0;
    for (let k = 0; k < hold; k++, row++) {
      trial.input.set([x[s], 1 - x[s]], 2 * row);
      trial.target.set([label, 1 - label], 2 * row);
    }
  }
  return trial;
}
