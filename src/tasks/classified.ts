import { exp } from '../local/index.ts';
import type { Score, Trial } from './task.ts';

/** The score of tasks whose targets are classes, one channel each. */
export const classScores: Readonly<Record<'error', Score>> = {
  error: { label: 'Fraction answered wrongly', better: 'lower' },
};

/**
 * How much of a trial was answered wrongly, over stretches of timesteps in which something is asked: in each, the class with the largest
 * probability, softmax of the outputs, summed up over the stretch, is the answer. NaN where nothing is asked.
 */
export function wrongAnswers({ timesteps, target }: Trial, answer: Float64Array): number {
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
