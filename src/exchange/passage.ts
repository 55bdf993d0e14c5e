import { InputError } from '../errors/index.ts';

/**
 * What becomes of values on their way through nodes without state: they are multiplied by weights, and late. From `columns` neurons to `rows`.
 */
export interface Passage {
  readonly rows: number;
  readonly columns: number;
  /** [rows][columns], row-major; absent: each goes to the one of the same number, multiplied by `scale`. */
  readonly weights?: Float64Array;
  /** [rows]; absent: 1. */
  readonly scale?: Float64Array;
  /** Seconds by which all are late. */
  readonly late: number;
  /** Seconds by which what comes from each neuron is late besides, and what goes to each. Absent: 0. */
  readonly before?: Float64Array;
  readonly after?: Float64Array;
}

/** The most entries of the matrices that are made for a graph. */
export const LARGEST_MATRIX = 2 ** 24;

export function straight(size: number): Passage {
  return { rows: size, columns: size, late: 0 };
}

/** The same, then multiplied by a matrix. @throws InputError at `place` if rows were late by different times. */
export function thenMatrix(place: string, passage: Passage, weights: Float64Array, rows: number): Passage {
  const { rows: inner, columns, scale, weights: first, after } = passage;
  if (after?.some((seconds) => seconds !== after[0])) {
    const right = 'a delay between two Linear nodes has to be the same for all neurons';
    throw new InputError(place, `comes after a Delay that differs from neuron to neuron; ${right}`);
  }
  const late = passage.late + (after?.[0] ?? 0);
  const { after: _after, scale: _scale, ...rest } = passage;
  if (!first) {
    const scaled = scale ? weights.map((weight, k) => weight * scale[k % inner]) : weights;
    return { ...rest, rows, weights: scaled, late };
  }
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const weight = weights[i * inner + k];
      if (weight === 0) continue;
      for (let j = 0; j < columns; j++) product[i * columns + j] += weight * first[k * columns + j];
    }
  }
  return { ...rest, rows, weights: product, late };
}

/** The same, then scaled. */
export function thenScale(passage: Passage, by: Float64Array): Passage {
  const { weights, columns, scale } = passage;
  if (weights) return { ...passage, weights: weights.map((weight, k) => weight * by[Math.floor(k / columns)]) };
  return { ...passage, scale: scale ? scale.map((factor, k) => factor * by[k]) : by };
}

/** The same, then late by so many seconds. */
export function thenLate(passage: Passage, seconds: Float64Array): Passage {
  const side = passage.weights ? 'after' : 'before';
  const sofar = passage[side];
  return { ...passage, [side]: sofar ? sofar.map((each, k) => each + seconds[k]) : seconds };
}

/** Whether it changes nothing. */
export function isStraight({ weights, scale, late, before }: Passage): boolean {
  return !weights && !scale && !before && late === 0;
}

/** By how many seconds what goes from neuron j to neuron i is late. */
export function lateness({ late, before, after }: Passage, i: number, j: number): number {
  return late + (before?.[j] ?? 0) + (after?.[i] ?? 0);
}
