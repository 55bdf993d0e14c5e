import type { Numbers2D } from '../../recording/index.ts';

/** The most cells a heatmap draws along either side. */
export const mostCells = 100;

/** A matrix made small enough to draw. */
export interface Grid extends Numbers2D {
  /** The largest number of rows and columns of the matrix that one cell represents. */
  readonly block: readonly [number, number];
}

/** Averages blocks of a matrix so that no side has more than `most` cells. NaN is left out; a block of only NaN is NaN. */
export function shrink({ shape: [rows, columns], values }: Numbers2D, most = mostCells): Grid {
  const block = [Math.max(1, Math.ceil(rows / most)), Math.max(1, Math.ceil(columns / most))] as const;
  const shape = [Math.ceil(rows / block[0]), Math.ceil(columns / block[1])] as const;
  const sums = new Float64Array(shape[0] * shape[1]);
  const counts = new Float64Array(sums.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = values[row * columns + column];
      if (Number.isNaN(value)) continue;
      const cell = Math.floor(row / block[0]) * shape[1] + Math.floor(column / block[1]);
      sums[cell] += value;
      counts[cell] += 1;
    }
  }
  return { shape, block, values: sums.map((sum, cell) => sum / counts[cell]) };
}

/** Whether a matrix is too large to draw every entry of it. */
export function exceedsCells({ shape }: Numbers2D): boolean {
  return shape.some((side) => side > mostCells);
}

/** The transpose: rows become columns. */
export function transpose({ shape: [rows, columns], values }: Numbers2D): Numbers2D {
  const turned = new Float64Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      turned[column * rows + row] = values[row * columns + column];
    }
  }
  return { shape: [columns, rows], values: turned };
}

/** The matrix with its rows in another order. */
export function reorder({ shape, values }: Numbers2D, order: readonly number[]): Numbers2D {
  const [, columns] = shape;
  const ordered = new Float64Array(order.length * columns);
  order.forEach((from, to) => {
    ordered.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
  });
  return { shape: [order.length, columns], values: ordered };
}

/** The largest finite absolute value in any of the matrices; 0 if there is none. */
export function largest(matrices: readonly Numbers2D[]): number {
  let most = 0;
  for (const { values } of matrices) {
    for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  }
  return most;
}

/** The absolute value that 99 in 100 finite entries do not exceed, so that a few outliers do not make all others pale. */
export function nearlyLargest(matrices: readonly Numbers2D[]): number {
  const finite = matrices.flatMap(({ values }) => Array.from(values.filter(Number.isFinite), Math.abs));
  const sorted = Float64Array.from(finite).sort();
  return sorted.at(Math.ceil(0.99 * sorted.length) - 1) ?? 0;
}
