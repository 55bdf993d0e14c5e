import type { Trial } from '../../src/tasks/index.ts';

/** The three matrices of a network, as plain rows; row = postsynaptic. Learning changes them in place. */
export interface Matrices {
  readonly w: number[][];
  readonly wIn: number[][];
  readonly wOut: number[][];
  /** B: row = recurrent unit, column = output. */
  readonly b: readonly (readonly number[])[];
}

export interface ReferenceOptions {
  readonly tau: number;
  readonly h0: number;
  readonly rate: number;
  readonly recurrentDelay: number;
  readonly inputDelay: number;
  readonly online: boolean;
  readonly symmetric: boolean;
}

/**
 * One trial of RFLO on the three-matrix network, written from the paper's equations and sharing no code with the library:
 * Murray (2019), eqs 1 and 3-5. Returns the loss and changes the matrices.
 */
export function rfloReference({ w, wIn, wOut, b }: Matrices, trial: Trial, options: ReferenceOptions): number {
  const { tau, h0, rate, recurrentDelay, inputDelay, online, symmetric } = options;
  const [n, nIn, nOut] = [w.length, wIn[0].length, wOut.length];
  const alpha = 1 / tau;
  const rows = (count: number, length: number) => Array.from({ length: count }, () => Array<number>(length).fill(0));
  const [p, q] = [rows(n, n), rows(n, nIn)];
  let [dw, dwIn, dwOut] = [rows(n, n), rows(n, nIn), rows(nOut, n)];
  const add = (into: number[][], change: number[][]) => {
    change.forEach((row, i) => {
      row.forEach((value, j) => (into[i][j] += (rate / trial.timesteps) * value));
    });
  };
  const history = [Array<number>(n).fill(h0)];
  let squares = 0;
  for (let t = 1; t <= trial.timesteps; t++) {
    const past = history[Math.max(0, t - recurrentDelay)];
    const before = history[t - 1];
    const x = Array.from({ length: nIn }, (_, k) => (t > inputDelay ? trial.input[(t - 1 - inputDelay) * nIn + k] : 0));
    const u = w.map((row, i) => dot(row, past) + dot(wIn[i], x));
    const h = before.map((value, i) => value + alpha * (Math.tanh(u[i]) - value));
    history.push(h);
    const e = wOut.map((row, k) => {
      const wanted = trial.target[(t - 1) * nOut + k];
      return Number.isNaN(wanted) ? 0 : wanted - dot(row, h);
    });
    squares += dot(e, e);
    const signal = h.map((_, i) => dot(symmetric ? wOut.map((row) => row[i]) : b[i], e));
    for (let i = 0; i < n; i++) {
      const slope = alpha * (1 - Math.tanh(u[i]) ** 2);
      for (let j = 0; j < n; j++) {
        p[i][j] = (1 - alpha) * p[i][j] + slope * past[j];
        dw[i][j] += signal[i] * p[i][j];
      }
      for (let k = 0; k < nIn; k++) {
        q[i][k] = (1 - alpha) * q[i][k] + slope * x[k];
        dwIn[i][k] += signal[i] * q[i][k];
      }
      for (let k = 0; k < nOut; k++) dwOut[k][i] += e[k] * h[i];
    }
    if (online || t === trial.timesteps) {
      add(w, dw);
      add(wIn, dwIn);
      add(wOut, dwOut);
      [dw, dwIn, dwOut] = [rows(n, n), rows(n, nIn), rows(nOut, n)];
    }
  }
  return squares / (2 * trial.timesteps);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
