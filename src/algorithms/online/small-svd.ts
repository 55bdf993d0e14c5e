import type { Arithmetic } from '../../arithmetic/index.ts';

/**
 * Q R = X by modified Gram-Schmidt, applied twice, for X [rows][columns] column by column. Q replaces X; its columns have length 1, or 0 if a
 * column depends on those before it. R [columns][columns] row by row, upper triangular.
 */
export function orthogonalise(X: readonly Float64Array[], R: Float64Array, arithmetic: Arithmetic): void {
  const columns = X.length;
  R.fill(0);
  for (let c = 0; c < columns; c++) {
    const x = X[c];
    const before = Math.sqrt(dot(x, x));
    for (let pass = 0; pass < 2; pass++) {
      for (let b = 0; b < c; b++) {
        const along = dot(X[b], x);
        R[b * columns + c] += along;
        arithmetic.addScaled(x, 0, -along, X[b]);
      }
    }
    const length = Math.sqrt(dot(x, x));
    if (length <= NEGLIGIBLE * before) {
      x.fill(0);
      continue;
    }
    R[c * columns + c] = length;
    for (let k = 0; k < x.length; k++) x[k] /= length;
  }
}

/** What remains of a column that depends on the others, relative to the whole, is less than this: rounding. */
const NEGLIGIBLE = 1e-14;

/** The most sweeps of rotations; half a dozen are enough for such a small matrix. */
const MOST_SWEEPS = 60;

/**
 * Singular values of C [n][n] row by row, the largest first, by one-sided rotations (Hestenes 1958): C = U diag(d) V'. U replaces C; its columns
 * have length 1 or 0; V [n][n].
 */
export function singularValues(C: Float64Array, V: Float64Array, d: Float64Array): void {
  const n = d.length;
  V.fill(0);
  for (let i = 0; i < n; i++) V[i * n + i] = 1;
  for (let sweep = 0, turned = true; turned && sweep < MOST_SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) turned = rotate(C, V, n, p, q) || turned;
    }
  }
  for (let c = 0; c < n; c++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += C[i * n + c] * C[i * n + c];
    d[c] = Math.sqrt(sum);
    if (d[c] > 0) for (let i = 0; i < n; i++) C[i * n + c] /= d[c];
  }
  for (let c = 0; c < n; c++) {
    let most = c;
    for (let other = c + 1; other < n; other++) if (d[other] > d[most]) most = other;
    if (most === c) continue;
    [d[c], d[most]] = [d[most], d[c]];
    for (let i = 0; i < n; i++) {
      [C[i * n + c], C[i * n + most]] = [C[i * n + most], C[i * n + c]];
      [V[i * n + c], V[i * n + most]] = [V[i * n + most], V[i * n + c]];
    }
  }
}

/** Rotates two columns so that they are orthogonal. Returns whether they were not. */
function rotate(C: Float64Array, V: Float64Array, n: number, p: number, q: number): boolean {
  let [pp, qq, pq] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [C[i * n + p], C[i * n + q]];
    pp += x * x;
    qq += y * y;
    pq += x * y;
  }
  if (Math.abs(pq) <= 1e-16 * Math.sqrt(pp * qq) || pq === 0) return false;
  const zeta = (qq - pp) / (2 * pq);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (const X of [C, V]) {
    for (let i = 0; i < n; i++) {
      const [x, y] = [X[i * n + p], X[i * n + q]];
      X[i * n + p] = cosine * x - sine * y;
      X[i * n + q] = sine * x + cosine * y;
    }
  }
  return true;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
  return sum;
}
