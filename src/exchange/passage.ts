import { InputError } from '../errors/index.ts';

/**
 * The effect of nodes without state on values: multiplication by weights, and delay. From `columns` neurons to `rows` neurons.
 */
export interface Passage {
  readonly rows: number;
  readonly columns: number;
  /** [rows][columns], row-major; absent: each neuron is connected to that with the same number, with the factor `scale`. */
  readonly weights?: Float64Array;
  /** [rows]; absent: 1. */
  readonly scale?: Float64Array;
  /** The delay of all, seconds. */
  readonly late: number;
  /** Additional delays, seconds: of values from each neuron, and of values to each neuron. Absent: 0. */
  readonly before?: Float64Array;
  readonly after?: Float64Array;
}

/** The largest number of entries of a matrix, read or written: matrices are dense in NIR. */
export const LARGEST_MATRIX = 2 ** 24;

export function straight(size: number): Passage {
  return { rows: size, columns: size, late: 0 };
}

/** The passage followed by a matrix. @throws InputError at `place` if the rows have different delays. */
export function thenMatrix(place: string, passage: Passage, weights: Float64Array, rows: number): Passage {
  const { rows: inner, columns, scale, weights: first, after } = passage;
  if (after?.some((seconds) => seconds !== after[0])) {
    const right = 'a delay between two Linear nodes must be the same for all neurons';
    throw new InputError(place, `follows a Delay that differs between neurons; ${right}`);
  }
  const late = passage.late + (after?.[0] ?? 0);
  const { after: _after, scale: _scale, ...rest } = passage;
  if (!first) {
    return { ...rest, rows, weights: scale ? scaledColumns(weights, scale) : weights, late };
  }
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const weight = weights[i * inner + k];
      if (weight === 0) continue;
      const [to, from] = [i * columns, k * columns];
      for (let j = 0; j < columns; j++) product[to + j] += weight * first[from + j];
    }
  }
  return { ...rest, rows, weights: product, late };
}

/** The passage followed by a scale. */
export function thenScale(passage: Passage, by: Float64Array): Passage {
  const { weights, columns, scale } = passage;
  if (weights) return { ...passage, weights: scaledRows(weights, by, columns) };
  return { ...passage, scale: scale ? scale.map((factor, k) => factor * by[k]) : by };
}

/** A matrix [rows][columns], each row multiplied by its own factor. */
function scaledRows(weights: Float64Array, by: Float64Array, columns: number): Float64Array {
  const product = new Float64Array(weights.length);
  for (let i = 0, k = 0; i < by.length; i++) {
    const factor = by[i];
    for (const end = k + columns; k < end; k++) product[k] = weights[k] * factor;
  }
  return product;
}

/** A matrix, each column multiplied by its own factor. */
function scaledColumns(weights: Float64Array, by: Float64Array): Float64Array {
  const product = new Float64Array(weights.length);
  for (let k = 0; k < weights.length;) {
    for (let j = 0; j < by.length; j++, k++) product[k] = weights[k] * by[j];
  }
  return product;
}

/** The passage followed by a delay. */
export function thenLate(passage: Passage, seconds: Float64Array): Passage {
  const side = passage.weights ? 'after' : 'before';
  const sofar = passage[side];
  return { ...passage, [side]: sofar ? sofar.map((each, k) => each + seconds[k]) : seconds };
}

/** Whether it changes nothing. */
export function isStraight({ weights, scale, late, before }: Passage): boolean {
  return !weights && !scale && !before && late === 0;
}

/** Whether it delays anything. */
export function isLate({ late, before, after }: Passage): boolean {
  return late > 0 || [before, after].some((times) => times?.some((seconds) => seconds > 0));
}

/** The delay from neuron j to neuron i, seconds. */
export function lateness({ late, before, after }: Passage, i: number, j: number): number {
  return late + (before?.[j] ?? 0) + (after?.[i] ?? 0);
}
