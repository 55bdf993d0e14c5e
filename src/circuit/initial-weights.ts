import { counted, InputError, show } from '../errors/index.ts';
import { isArrayLike } from '../local/index.ts';
import { checkDistribution, checkOrthogonal, type Distribution, type Orthogonal } from '../random/index.ts';

/**
 * A weight matrix: row = postsynaptic neuron, column = presynaptic neuron. Rows are lists, typed arrays or any other array-likes; a matrix may
 * also be flat, [rows * columns], row by row. Where `connect` leaves a synapse out, the entry may be NaN or null.
 */
export type Matrix = ArrayLike<ArrayLike<number | null>> | ArrayLike<number | null>;

/** Initial weights: drawn from a distribution, or as an orthogonal matrix, or given as a matrix. */
export type Weights = Distribution | Orthogonal | Matrix;

/** Initial weights as a checked circuit has them: a given matrix in plain rows of its own, with NaN where an entry is missing. */
export type CheckedWeights = Distribution | Orthogonal | readonly (readonly number[])[];

/** What the entries of a given matrix are checked against. */
export interface Entries {
  readonly rows: number;
  readonly columns: number;
  /** The probability of a synapse at a place: where it is below 1, the entry may be missing. Default 1. */
  readonly chance?: (post: number, pre: number) => number;
  /** What is wrong with a weight; undefined if nothing is. */
  readonly wrong?: (w: number, pre: number) => string | undefined;
}

/** @throws InputError if weights are neither a distribution nor a matrix of this shape, or naming the entry that is wrong. */
export function checkedWeights(place: string, weights: Weights | undefined, entries: Entries): CheckedWeights {
  if (isMatrix(weights)) return checkedMatrix(place, weights, entries);
  if (!weights || !['normal', 'uniform', 'constant', 'orthogonal'].includes(weights.kind)) {
    throw new InputError(
      place,
      `expected a distribution, such as normal({ sd: 1 }), or a matrix, got ${show(weights)}`,
    );
  }
  if (weights.kind === 'orthogonal') checkOrthogonal(place, weights);
  else checkDistribution(place, weights);
  return weights;
}

/** A matrix in plain rows of its own; frozen rows are used as they are. @throws InputError naming the wrong entry, or if it has another shape. */
export function checkedMatrix(place: string, matrix: Matrix, entries: Entries): readonly (readonly number[])[] {
  return rowsOf(place, matrix, entries).map((row, i) => {
    const checked = Array.from(row, (value, j) => entryOf(`${place}[${i}][${j}]`, value, i, j, entries));
    return Object.isFrozen(row) && isListOf(checked, row) ? row : checked;
  });
}

function isListOf(numbers: readonly number[], row: ArrayLike<unknown>): row is readonly number[] {
  return Array.isArray(row) && numbers.every((number, j) => number === row[j]);
}

/** Whether something is given as a matrix. */
export function isMatrix(value: unknown): value is Matrix {
  return isArrayLike(value);
}

/** The rows of a matrix, whichever way it is given. */
function rowsOf(place: string, matrix: ArrayLike<unknown>, { rows, columns }: Entries): ArrayLike<unknown>[] {
  const isFlat = matrix.length > 0 && !isArrayLike(matrix[0]);
  if (isFlat && matrix.length === rows * columns) {
    return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => matrix[i * columns + j]));
  }
  if (isFlat) {
    const right = `${rows} rows of ${columns}, or ${rows * columns} numbers, row by row`;
    throw new InputError(place, `has ${counted(matrix.length, 'number')} and no rows; give ${right}`);
  }
  return checkedRows(place, matrix, rows, columns);
}

/** @throws InputError unless there are `rows` rows of `columns` entries. */
export function checkedRows(
  place: string,
  matrix: ArrayLike<unknown>,
  rows: number,
  columns: number,
): ArrayLike<unknown>[] {
  if (matrix.length !== rows) {
    throw new InputError(place, `has ${counted(matrix.length, 'row')}; give ${rows}, one for each postsynaptic neuron`);
  }
  return Array.from(matrix, (row, i) => {
    if (isArrayLike(row) && row.length === columns) return row;
    const found = isArrayLike(row) ? `has ${counted(row.length, 'column')}` : `${show(row)} is not a row`;
    throw new InputError(`${place}[${i}]`, `${found}; give ${columns}, one for each presynaptic neuron`);
  });
}

function entryOf(
  place: string,
  value: unknown,
  post: number,
  pre: number,
  { chance = () => 1, wrong = () => undefined }: Entries,
): number {
  const joined = chance(post, pre);
  if (joined < 1 && (value === null || Number.isNaN(value))) return NaN;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new InputError(place, `${show(value)} is not a finite number`);
  }
  const problem = joined > 0 ? wrong(value, pre) : undefined;
  if (problem !== undefined) throw new InputError(place, problem);
  return value;
}
