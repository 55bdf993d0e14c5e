import { InputError, onlyFields, show } from '../errors/index.ts';
import { normal, sampler } from './distribution.ts';
import type { Stream } from './stream.ts';

/** A random matrix whose rows (or columns, if there are fewer) are orthogonal and of length `gain`, as plain data. */
export interface Orthogonal {
  readonly kind: 'orthogonal';
  readonly gain: number;
}

/** A uniformly drawn orthogonal matrix times `gain`, by default 1: it neither amplifies nor damps activity. Saxe, McClelland & Ganguli (2014). */
export function orthogonal(options: { gain?: number } = {}): Orthogonal {
  onlyFields('orthogonal', options, ['gain']);
  const { gain = 1 } = options;
  const drawn: Orthogonal = { kind: 'orthogonal', gain };
  checkOrthogonal('orthogonal', drawn);
  return drawn;
}

/** @throws InputError if the gain, which may have been written by hand, is not a finite number. */
export function checkOrthogonal(place: string, { gain }: Orthogonal): void {
  if (typeof gain === 'number' && Number.isFinite(gain)) return;
  throw new InputError(`${place}.gain`, `${show(gain)} is not a finite number`);
}

/** The matrix, [rows][columns]: normal numbers, vector by vector, made orthonormal by Gram-Schmidt, applied twice. */
export function drawOrthogonal({ gain }: Orthogonal, rows: number, columns: number, source: Stream): Float64Array {
  const draw = sampler(normal(), source);
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let n = 0; n < count; n++) {
    const vector = Float64Array.from({ length }, draw);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) {
        const along = dot(vector, other);
        for (let k = 0; k < length; k++) vector[k] -= along * other[k];
      }
    }
    const size = Math.sqrt(dot(vector, vector));
    for (let k = 0; k < length; k++) vector[k] /= size;
    vectors.push(vector);
  }
  const isByRow = rows <= columns;
  return Float64Array.from({ length: rows * columns }, (_, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    return gain * (isByRow ? vectors[i][j] : vectors[j][i]);
  });
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, k) => sum + value * y[k], 0);
}
