import type { RunRows } from './rows-loop.ts';
import type { RowArrays, RowStep } from './rows.ts';

/**
 * The operations of solvers and online algorithms on whole arrays. Matrices are dense, row by row: W_ij is w[i * columns + j]. `At` says where in
 * an array something begins. The order of sums is fixed, so that every implementation gives the same bits.
 */
export interface Arithmetic {
  /** An array of zeros, which this arithmetic is fast on. */
  array(length: number): Float64Array;

  /** into_i += sum_j W_ij x_j, by ascending j. */
  multiply(
    w: Float64Array,
    x: Float64Array,
    xAt: number,
    into: Float64Array,
    intoAt: number,
    rows: number,
    columns: number,
  ): void;
  /** into_j += sum_i W_ij v_i, by ascending i. */
  multiplyBack(w: Float64Array, v: Float64Array, into: Float64Array, rows: number, columns: number): void;
  /** into_ic += sum_j W_ij X_jc, by ascending j, of X [columns][width]. */
  multiplyMatrix(
    w: Float64Array,
    x: Float64Array,
    xAt: number,
    into: Float64Array,
    rows: number,
    columns: number,
    width: number,
  ): void;
  /** into_i = sum_j W_ij x_j: the even j, then the odd ones. */
  project(w: Float64Array, x: Float64Array, into: Float64Array, rows: number, columns: number): void;

  /** into_ij += v_i x_j. */
  addOuter(
    into: Float64Array,
    intoAt: number,
    v: Float64Array,
    x: Float64Array,
    xAt: number,
    rows: number,
    columns: number,
  ): void;
  /** into_ij += v_i x_ij. */
  addRows(
    into: Float64Array,
    intoAt: number,
    v: Float64Array,
    vAt: number,
    x: Float64Array,
    xAt: number,
    rows: number,
    columns: number,
  ): void;

  /** into = a x + b y, number by number; `into` may be x. */
  combine(into: Float64Array, a: number, x: Float64Array, b: number, y: Float64Array, yAt: number): void;
  /** into += a x. */
  addScaled(into: Float64Array, intoAt: number, a: number, x: Float64Array): void;
  /** |x|, the root of the sum of squares: eight sums, of every eighth number, added up two by two. */
  norm(x: Float64Array): number;
  /** w += step g, then g = 0. Returns the index of a weight that is no longer finite, else -1. */
  descend(w: Float64Array, step: number, g: Float64Array): number;

  /** into_k = the number in (0, 1) that is drawn for place k, with a key: see `draw` of src/random. */
  chances(key: number, into: Float64Array): void;

  /** Makes a program that passes through some matrices once, row by row: see `RowStep`. */
  byRow(steps: readonly RowStep[], arrays: RowArrays): RunRows;
}
