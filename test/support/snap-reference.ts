import type { Matrices, ReferenceOptions } from './rflo-reference.ts';
import type { Trial } from '../../src/tasks/index.ts';

/** The network of three matrices whose recurrent synapses are where `joined` says: others are absent, and learn nothing. */
export interface SnapReferenceOptions extends Omit<ReferenceOptions, 'recurrentDelay' | 'inputDelay'> {
  readonly n: number;
  readonly joined: readonly (readonly boolean[])[];
}

/**
 * One trial of SnAp-n on the three-matrix network, from the equations and with whole arrays, sharing no code with the library:
 * every P^i_mn is held, and those beyond reach are put to 0 after every timestep. Returns the loss and changes the matrices.
 */
export function snapReference({ w, wIn, wOut, b }: Matrices, trial: Trial, options: SnapReferenceOptions): number {
  const { tau, h0, rate, online, symmetric, n: steps, joined } = options;
  const [n, nIn, nOut] = [w.length, wIn[0].length, wOut.length];
  const alpha = 1 / tau;
  const within = reachable(joined, steps);
  const zeros = (...[length, ...rest]: readonly number[]): Nested =>
    Array.from({ length }, () => (rest.length > 0 ? zeros(...rest) : 0));
  const cube = (last: number) => zeros(n, n, last) as number[][][];
  const plane = (rows: number, columns: number) => zeros(rows, columns) as number[][];
  // P[i][m][k]: of the weight onto m from k, on i.
  let [p, q] = [cube(n), cube(nIn)];
  let [dw, dwIn, dwOut] = [plane(n, n), plane(n, nIn), plane(nOut, n)];
  const add = (into: number[][], change: readonly (readonly number[])[]) => {
    change.forEach((row, i) => {
      row.forEach((value, j) => (into[i][j] += (rate / trial.timesteps) * value));
    });
  };
  let h = Array<number>(n).fill(h0);
  let squares = 0;
  for (let t = 1; t <= trial.timesteps; t++) {
    const past = h;
    const x = Array.from({ length: nIn }, (_, k) => trial.input[(t - 1) * nIn + k]);
    const u = w.map((row, i) => dot(row, past) + dot(wIn[i], x));
    h = past.map((value, i) => value + alpha * (Math.tanh(u[i]) - value));
    const e = wOut.map((row, k) => {
      const wanted = trial.target[(t - 1) * nOut + k];
      return Number.isNaN(wanted) ? 0 : wanted - dot(row, h);
    });
    squares += dot(e, e);
    const carried = (influence: number[][][], sent: (m: number, k: number) => number) =>
      influence.map((own, i) =>
        own.map((onto, m) =>
          onto.map((value, k) => {
            if (!within[m][i]) return 0;
            const brought = w[i].reduce((sum, weight, j) => sum + weight * influence[j][m][k], 0);
            const slope = alpha * (1 - Math.tanh(u[i]) ** 2);
            return (1 - alpha) * value + slope * (brought + (i === m ? sent(m, k) : 0));
          }),
        ),
      );
    p = carried(p, (m, k) => (joined[m][k] ? past[k] : 0));
    q = carried(q, (_, k) => x[k]);
    for (let i = 0; i < n; i++) {
      const signal = dot(symmetric ? wOut.map((row) => row[i]) : b[i], e);
      for (let m = 0; m < n; m++) {
        for (let k = 0; k < n; k++) dw[m][k] += signal * p[i][m][k];
        for (let k = 0; k < nIn; k++) dwIn[m][k] += signal * q[i][m][k];
      }
      for (let k = 0; k < nOut; k++) dwOut[k][i] += e[k] * h[i];
    }
    if (online || t === trial.timesteps) {
      add(w, dw);
      add(wIn, dwIn);
      add(wOut, dwOut);
      [dw, dwIn, dwOut] = [plane(n, n), plane(n, nIn), plane(nOut, n)];
    }
  }
  return squares / (2 * trial.timesteps);
}

type Nested = (number | Nested)[];

/** Which unit reaches which in fewer than so many steps: powers of the adjacency matrix. [from][to] */
function reachable(joined: readonly (readonly boolean[])[], steps: number): boolean[][] {
  const units = joined.map((_, i) => i);
  let reached = units.map((m) => units.map((i) => i === m));
  for (let step = 1; step < steps; step++) {
    const before = reached;
    reached = before.map((row) => row.map((known, i) => known || row.some((there, j) => there && joined[i][j])));
  }
  return reached;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
