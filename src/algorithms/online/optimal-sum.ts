import { plainArithmetic, type Arithmetic } from '../../arithmetic/index.ts';
import { orthogonalise, singularValues } from './small-svd.ts';

/** Values below this fraction of the largest, and squares below this number, count as 0. */
const LEAST = 1e-12;

/**
 * Reduces a sum of r+1 products l_q x r_q (outer products of two vectors) to r products with random signs, whose mean is that sum
 * and whose variance is the least. Benzing, Gauy, Mujika, Martinsson & Steger (2019), sec. 3.
 *
 *     sum_q l_q r_q' = U diag(d) V'        the m largest are kept, where m is the smallest number with (r-m) d_(m+1) <= d_(m+1) + ... + d_(r+1)
 *     of the others, k = r - m and S = their sum:        z_i = sqrt(1 - k d_i / S)        Z: an orthonormal basis of what is orthogonal to z
 *     X = sqrt(S/k) diag(nu) Z        new terms: U X and V X, column by column        E[X X'] = diag(d)
 *
 * The sign of each column of U, and with it of V, is chosen so that its largest entry (the first, if several are equal) is above 0.
 */
export class OptimalSum {
  private readonly RL: Float64Array;
  private readonly RR: Float64Array;
  private readonly C: Float64Array;
  private readonly V: Float64Array;
  private readonly d: Float64Array;
  private readonly z: Float64Array;
  /** The coefficients of the new terms, column by column: [r][r+1]. */
  private readonly mixed: readonly Float64Array[];

  /** Working space for rotating columns, by their length. */
  private readonly room = new Map<number, readonly Float64Array[]>();

  constructor(
    private readonly rank: number,
    private readonly arithmetic: Arithmetic = plainArithmetic,
  ) {
    const n = rank + 1;
    [this.RL, this.RR, this.C, this.V] = [1, 2, 3, 4].map(() => new Float64Array(n * n));
    [this.d, this.z] = [1, 2].map(() => new Float64Array(n));
    this.mixed = Array.from({ length: rank }, () => new Float64Array(n));
  }

  /**
   * @param L r+1 vectors, which are overwritten; the first r become the new ones.
   * @param R The same.
   * @param nu r+1 signs, of which the first r+1-m are used.
   */
  reduce(L: readonly Float64Array[], R: readonly Float64Array[], nu: Float64Array): void {
    const { rank, arithmetic, RL, RR, C, V, d, mixed } = this;
    const n = rank + 1;
    orthogonalise(L, RL, arithmetic);
    orthogonalise(R, RR, arithmetic);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += RL[i * n + k] * RR[j * n + k];
        C[i * n + j] = sum;
      }
    }
    singularValues(C, V, d);
    for (let c = 0; c < n; c++) if (d[c] < LEAST * d[0]) d[c] = 0;
    this.mix(nu);
    this.turn(L, n, (b, c) => C[b * n + c]);
    this.turn(R, n, (b, c) => V[b * n + c]);
    this.sign(L, R);
    // The first r columns become the mixtures of all.
    for (const X of [L, R]) this.turn(X, rank, (b, c) => mixed[c][b]);
  }

  /** Computes which combinations of the columns of U, and of V, the new terms are. */
  private mix(nu: Float64Array): void {
    const { rank, d, z, mixed } = this;
    let [m, S] = [0, this.sumFrom(0)];
    while ((rank - m) * d[m] > S) S = this.sumFrom(++m);
    const k = rank - m;
    for (let c = 0; c < rank; c++) mixed[c].fill(0);
    for (let c = 0; c < m; c++) mixed[c][c] = Math.sqrt(d[c]);
    if (k === 0 || S === 0) return;
    for (let i = 0; i <= k; i++) {
      const square = 1 - (k * d[m + i]) / S;
      z[i] = square < LEAST ? 0 : Math.sqrt(square);
    }
    // Columns 2.. of I - 2 v v' / v'v, where v = z + (1, 0, ...): orthogonal to z.
    z[0] += 1;
    let vv = 0;
    for (let i = 0; i <= k; i++) vv += z[i] * z[i];
    const scale = Math.sqrt(S / k);
    for (let c = 1; c <= k; c++) {
      for (let i = 0; i <= k; i++) {
        mixed[m + c - 1][m + i] = scale * nu[i] * ((i === c ? 1 : 0) - (2 * z[i] * z[c]) / vv);
      }
    }
  }

  private sumFrom(first: number): number {
    let sum = 0;
    for (let i = first; i <= this.rank; i++) sum += this.d[i];
    return sum;
  }

  /** X <- X M, for columns X; M has `count` columns and is given entry by entry. */
  private turn(X: readonly Float64Array[], count: number, M: (b: number, c: number) => number): void {
    const { arithmetic, room } = this;
    const [{ length }] = X;
    const made = room.get(length) ?? X.map(() => arithmetic.array(length));
    room.set(length, made);
    for (let c = 0; c < count; c++) {
      made[c].fill(0);
      for (let b = 0; b < X.length; b++) arithmetic.addScaled(made[c], 0, M(b, c), X[b]);
    }
    for (let c = 0; c < count; c++) X[c].set(made[c]);
  }

  private sign(U: readonly Float64Array[], V: readonly Float64Array[]): void {
    for (let c = 0; c < U.length; c++) {
      const u = U[c];
      let most = 0;
      for (let k = 1; k < u.length; k++) if (Math.abs(u[k]) > Math.abs(u[most])) most = k;
      if (u[most] >= 0) continue;
      for (let k = 0; k < u.length; k++) u[k] = -u[k];
      for (let k = 0; k < V[c].length; k++) V[c][k] = -V[c][k];
    }
  }
}
