import { inverse, Matrix } from 'ml-matrix';
import type { Stream } from 'rxflo';

/** Standard normal numbers, by the Box-Muller method. */
export function gaussian(random: Stream): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function normals(rows: number, columns: number, sd: number, random: Stream): Matrix {
  return new Matrix(Array.from({ length: rows }, () => Array.from({ length: columns }, () => sd * gaussian(random))));
}

export interface Singular {
  readonly drives: number[][];
  readonly targets: number[][];
}

/**
 * The samples of the authors' linear network: drives of 0.1, the responses of a network of gain 0.5 to them as targets, and noise of 0.01. Row =
 * sample.
 */
export function singular(units: number, samples: number, random: Stream): Singular {
  const w = normals(units, units, 0.5 / Math.sqrt(units), random);
  const drives = normals(samples, units, 0.1, random);
  const fixed = drives.mmul(inverse(Matrix.sub(Matrix.eye(units), w)).transpose());
  const targets = fixed.add(normals(samples, units, 0.01, random));
  return { drives: drives.to2DArray(), targets: targets.to2DArray() };
}
