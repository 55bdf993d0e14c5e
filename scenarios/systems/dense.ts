// Dense matrices by rows, in the order in which memory is read.

/** Row by row. */
export type Rows = readonly Float64Array[];

/** Four rows of `b` at a time: each sum is read and written once for four additions, in their order. */
export function product(a: Rows, b: Rows): Float64Array[] {
  return a.map((row) => {
    const sums = new Float64Array(b[0].length);
    const rest = row.length % 4;
    for (let k = 0; k < rest; k++) add(sums, row[k], b[k]);
    for (let k = rest; k < row.length; k += 4)
      addFour(sums, row.subarray(k, k + 4), b[k], b[k + 1], b[k + 2], b[k + 3]);
    return sums;
  });
}

function add(sums: Float64Array, x: number, row: Float64Array): void {
  for (let j = 0; j < sums.length; j++) sums[j] += x * row[j];
}

function addFour(
  sums: Float64Array,
  [w, x, y, z]: Float64Array,
  first: Float64Array,
  second: Float64Array,
  third: Float64Array,
  fourth: Float64Array,
): void {
  for (let j = 0; j < sums.length; j++) {
    sums[j] = sums[j] + w * first[j] + x * second[j] + y * third[j] + z * fourth[j];
  }
}

export function transposed(a: Rows): Float64Array[] {
  return Array.from(a[0], (_, j) => Float64Array.from(a, (row) => row[j]));
}

/**
 * The inverse by Gauss-Jordan elimination in place, with the largest pivot of a column; along rows, about ten times as fast as the library for 200 by
 * 200.
 */
export function inverted(matrix: Rows): Float64Array[] {
  const n = matrix.length;
  const a = matrix.map((row) => row.slice());
  const tops: number[] = [];
  for (let k = 0; k < n; k++) {
    let top = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i][k]) > Math.abs(a[top][k])) top = i;
    tops.push(top);
    [a[k], a[top]] = [a[top], a[k]];
    const pivot = a[k];
    const scale = 1 / pivot[k];
    pivot[k] = 1;
    for (let j = 0; j < n; j++) pivot[j] *= scale;
    for (const row of a) {
      if (row === pivot) continue;
      const x = row[k];
      row[k] = 0;
      add(row, -x, pivot);
    }
  }
  // Swapped rows are swapped columns of the inverse.
  for (let k = n - 1; k >= 0; k--) for (const row of a) [row[k], row[tops[k]]] = [row[tops[k]], row[k]];
  return a;
}

/** x a + y b. */
export function mixed(x: number, a: Rows, y: number, b: Rows): Float64Array[] {
  return a.map((row, i) => row.map((each, j) => x * each + y * b[i][j]));
}

/** The sum of all squares. */
export function squares(a: Rows): number {
  return a.reduce((sum, row) => sum + row.reduce((all, x) => all + x * x, 0), 0);
}

/** The Euclidean norm of all numbers. */
export function norm(a: Rows): number {
  return Math.sqrt(squares(a));
}

/** The angle between two matrices as vectors, degrees. */
export function angle(a: Rows, b: Rows): number {
  const inner = a.reduce((sum, row, i) => sum + row.reduce((all, x, j) => all + x * b[i][j], 0), 0);
  return (180 / Math.PI) * Math.acos(Math.min(1, Math.max(-1, inner / (norm(a) * norm(b)))));
}

/** `count` rows of `columns` numbers each, which begin `stride` numbers apart. */
export function rowsOf(
  numbers: Float64Array,
  count: number,
  columns: number,
  stride = columns,
  from = 0,
): Float64Array[] {
  return Array.from({ length: count }, (_, k) => numbers.slice(from + k * stride, from + k * stride + columns));
}
