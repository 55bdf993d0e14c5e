import { InputError, show } from '../errors/index.ts';
import type { Distribution } from '../random/index.ts';
import { isList } from './checks.ts';

/** A weight matrix: row = postsynaptic neuron, column = presynaptic neuron. */
export type Matrix = readonly (readonly number[])[];

/** Initial weights: drawn from a distribution, or given as a matrix. */
export type Weights = Distribution | Matrix;

/** @throws InputError if weights are neither a distribution nor a matrix of this shape. */
export function checkWeights(place: string, weights: Weights, rows: number, columns: number): void {
  if (!isMatrix(weights)) {
    if (!['normal', 'uniform', 'constant'].includes((weights as Partial<Distribution> | undefined)?.kind ?? '')) {
      throw new InputError(
        place,
        `${show(weights)} is neither a distribution, such as normal({ sd: 1 }), nor a matrix`,
      );
    }
    return;
  }
  if (weights.length !== rows) {
    throw new InputError(place, `has ${weights.length} rows; give ${rows}, one for each postsynaptic neuron`);
  }
  weights.forEach((row, i) => {
    if (!isList(row) || row.length !== columns) {
      const found = isList(row) ? `has ${row.length} columns` : `${show(row)} is no row`;
      throw new InputError(`${place}[${i}]`, `${found}; give ${columns}, one for each presynaptic neuron`);
    }
    row.forEach((value: unknown, j) => {
      if (!Number.isFinite(value))
        throw new InputError(`${place}[${i}][${j}]`, `${show(value)} is not a finite number`);
    });
  });
}

export function isMatrix(weights: Weights): weights is Matrix {
  return Array.isArray(weights);
}
