import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { exp, log } from '../local/index.ts';
import { stream } from '../random/index.ts';
import type { LabelledImages } from './images.ts';
import { completed, seed as seeded, type Option } from './options.ts';
import type { Score, Task, Test, Trial } from './task.ts';

/** What is classified, and how. */
export interface ClassificationOptions {
  readonly learn: LabelledImages;
  /** Images for the test alone. Absent: there is no test. */
  readonly test?: LabelledImages;
  /** How many images of `learn` are used, from the first, and how many of `test`. Default all. */
  readonly samples?: number;
  readonly tests?: number;
  /** Replaces squares of `shrink` by `shrink` pixels with their mean. Default 1: the pixels themselves. */
  readonly shrink?: number;
  /**
   * How many pixels, counted after `shrink`, come in a timestep, row after row: an image of P pixels takes P / pixels timesteps, and the answer is
   * expected in the last of them. Default: all at once.
   */
  readonly pixels?: number;
  /** Fixes the order of the images, which is drawn again each time that all were shown. Default 1. */
  readonly seed?: number;
  /** Whether the label is input, too, one channel for each class, after the pixels: for circuits whose neurons compare the two. Default false. */
  readonly teacher?: boolean;
  /** What the outputs are: 'logits', whose softmax is the answer, or 'probabilities'. Default 'logits'. */
  readonly outputs?: 'logits' | 'probabilities';
}

const SCORES: Readonly<Record<'accuracy' | 'cross entropy', Score>> = {
  accuracy: { label: 'Test images classified rightly (fraction)', better: 'higher' },
  'cross entropy': { label: 'Cross-entropy of test images (nats)', better: 'lower' },
};

const OUTPUTS: readonly string[] = ['logits', 'probabilities'];

const FIELDS = ['learn', 'test', 'samples', 'tests', 'shrink', 'pixels', 'seed', 'teacher', 'outputs'];

/**
 * Classification of images, one in each trial of one timestep: the input is pixels / 255, row by row; the target 1 for the class and 0 for others.
 * Or a few pixels in each timestep, and a target only in the last, as in sequential MNIST.
 *
 * @throws InputError naming the option that is wrong.
 */
export function classification(options: ClassificationOptions): Task {
  onlyFields('classification', options, FIELDS);
  const { learn, test, teacher = false, outputs = 'logits' } = options;
  if (!OUTPUTS.includes(outputs)) {
    throw new InputError('classification.outputs', `expected ${oneOf(OUTPUTS)}, got ${show(outputs)}`);
  }
  if (options.tests !== undefined && !test) {
    throw new InputError('classification.tests', 'applies only to test; give test, or leave tests out');
  }
  const most = (count: number): Option => ({ default: count, least: 1, most: count, whole: true });
  const { samples, tests, shrink, seed } = completed(
    'classification',
    { samples: options.samples, tests: options.tests, shrink: options.shrink, seed: options.seed },
    {
      ...{ samples: most(learn.count), tests: most(test?.count ?? 1), seed: seeded(1) },
      shrink: { default: 1, least: 1, most: Math.min(learn.rows, learn.columns), whole: true },
    },
  );
  const side = (pixels: number, name: string) => {
    if (pixels % shrink === 0) return pixels / shrink;
    throw new InputError(
      'classification.shrink',
      `${shrink} does not divide the ${pixels} ${name} of ${learn.name}; give a divisor`,
    );
  };
  const [rows, columns] = [side(learn.rows, 'rows'), side(learn.columns, 'columns')];
  const classes = learn.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  if (test) checkAlike(learn, test, classes);
  const all = rows * columns;
  const { pixels } = completed('classification', { pixels: options.pixels }, { pixels: most(all) });
  if (all % pixels !== 0) {
    throw new InputError(
      'classification.pixels',
      `${pixels} does not divide the ${all} pixels of ${learn.name}; give a divisor`,
    );
  }
  const timesteps = all / pixels;
  const inputs = teacher ? pixels + classes : pixels;
  const image = new Float64Array(all);
  const make = (images: LabelledImages, which: number): Trial => {
    const target = new Float64Array(timesteps * classes).fill(NaN);
    const answer = target.subarray((timesteps - 1) * classes).fill(0);
    answer[images.labels[which]] = 1;
    addShrunk(images, which, shrink, image.fill(0));
    const input = new Float64Array(timesteps * inputs);
    for (let t = 0; t < timesteps; t++) {
      input.set(image.subarray(t * pixels, (t + 1) * pixels), t * inputs);
      if (teacher) input.set(answer, t * inputs + pixels);
    }
    return { timesteps, input, target };
  };
  const order = shuffling(samples, seed);
  return {
    name: 'classification',
    inputs,
    outputs: classes,
    settings: {
      ...{ learn: [learn.name, learn.digest], test: test ? [test.name, test.digest] : null },
      ...{ samples, tests, shrink, seed, teacher, outputs },
      ...(pixels < all && { pixels }),
    },
    trial: (index) => make(learn, order(index)),
    ...(test && { test: testOf((index) => make(test, index - 1), tests, outputs) }),
  };
}

function checkAlike(learn: LabelledImages, test: LabelledImages, classes: number): void {
  const [size, other] = [learn, test].map((images) => `${images.rows} by ${images.columns}`);
  if (size !== other) {
    throw new InputError(
      'classification.test',
      `has images of ${other} pixels (${test.name}), but learn of ${size}; give images of the same size`,
    );
  }
  const label = test.labels.find((one) => one >= classes);
  if (label === undefined) return;
  const problem = `has an image of class ${label} (${test.name}), but learn has only classes 0 to ${classes - 1}`;
  throw new InputError('classification.test', problem);
}

/** Adds the means over squares of pixels, from 0, black, to 1, white. */
function addShrunk({ pixels, rows, columns }: LabelledImages, which: number, by: number, into: Float64Array): void {
  const [first, width, white] = [which * rows * columns, columns / by, 255 * by * by];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      into[Math.floor(row / by) * width + Math.floor(column / by)] += pixels[first + row * columns + column];
    }
  }
  for (let k = 0; k < (rows / by) * width; k++) into[k] /= white;
}

/** Which image each trial shows: all of them in one order, then all in another. */
function shuffling(count: number, seed: number): (index: number) => number {
  let known: { readonly round: number; readonly order: Uint32Array } | undefined;
  return (index) => {
    const round = Math.floor((index - 1) / count);
    if (known?.round !== round) known = { round, order: shuffled(count, seed, round) };
    return known.order[(index - 1) % count];
  };
}

/** After Fisher & Yates. */
function shuffled(count: number, seed: number, round: number): Uint32Array {
  const draw = stream(seed, 'classification', round);
  const order = Uint32Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor(draw() * (k + 1));
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

function testOf(trial: (index: number) => Trial, trials: number, outputs: 'logits' | 'probabilities'): Test {
  return {
    ...{ scores: SCORES, trials, trial },
    score: ({ target, timesteps }, answers) => {
      const first = ((timesteps - 1) * answers.length) / timesteps;
      const answer = answers.subarray(first);
      const [label, top] = [target.subarray(first).indexOf(1), largest(answer)];
      // log(sum exp y) - y, or -log p. Outputs of 0 or below are not probabilities, and are infinitely wrong.
      const sum = answer.reduce((total, y) => total + exp(y - answer[top]), 0);
      const p = answer[label];
      const missed = outputs === 'logits' ? log(sum) - (p - answer[top]) : p > 0 ? -log(p) : Infinity;
      return { accuracy: top === label ? 1 : 0, 'cross entropy': missed };
    },
  };
}

function largest(values: Float64Array): number {
  return values.reduce((best, value, k) => (value > values[best] ? k : best), 0);
}
