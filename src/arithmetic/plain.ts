import { chancePlace, draw } from '../random/index.ts';
import type { Arithmetic } from './arithmetic.ts';
import { rowsLoop } from './rows-loop.ts';

/** The arithmetic as ordinary loops on ordinary arrays. Every other implementation gives the same bits. */
export const plainArithmetic: Arithmetic = {
  array: (length) => new Float64Array(length),

  multiply: (w, x, xAt, into, intoAt, rows, columns) => {
    for (let i = 0, k = 0; i < rows; i++) {
      let sum = into[intoAt + i];
      for (let j = 0; j < columns; j++, k++) sum += w[k] * x[xAt + j];
      into[intoAt + i] = sum;
    }
  },

  multiplyBack: (w, v, into, rows, columns) => {
    for (let i = 0, k = 0; i < rows; i++) {
      const vi = v[i];
      for (let j = 0; j < columns; j++, k++) into[j] += w[k] * vi;
    }
  },

  multiplyMatrix: (w, x, xAt, into, rows, columns, width) => {
    for (let i = 0; i < rows; i++) {
      const [row, first] = [i * width, i * columns];
      let j = 0;
      for (; j + 3 < columns; j += 4) {
        const [w0, w1, w2, w3] = [w[first + j], w[first + j + 1], w[first + j + 2], w[first + j + 3]];
        const r0 = xAt + j * width;
        const [r1, r2, r3] = [r0 + width, r0 + 2 * width, r0 + 3 * width];
        for (let c = 0; c < width; c++) {
          into[row + c] = into[row + c] + w0 * x[r0 + c] + w1 * x[r1 + c] + w2 * x[r2 + c] + w3 * x[r3 + c];
        }
      }
      for (; j < columns; j++) for (let c = 0; c < width; c++) into[row + c] += w[first + j] * x[xAt + j * width + c];
    }
  },

  project: (w, x, into, rows, columns) => {
    for (let i = 0; i < rows; i++) {
      const row = i * columns;
      let [even, odd] = [0, 0];
      let j = 0;
      for (; j + 1 < columns; j += 2) {
        even += w[row + j] * x[j];
        odd += w[row + j + 1] * x[j + 1];
      }
      if (j < columns) even += w[row + j] * x[j];
      into[i] = even + odd;
    }
  },

  addOuter: (into, intoAt, v, x, xAt, rows, columns) => {
    for (let i = 0, k = intoAt; i < rows; i++) {
      const vi = v[i];
      for (let j = 0; j < columns; j++, k++) into[k] += vi * x[xAt + j];
    }
  },

  addRows: (into, intoAt, v, vAt, x, xAt, rows, columns) => {
    for (let i = 0, k = 0; i < rows; i++) {
      const vi = v[vAt + i];
      for (let j = 0; j < columns; j++, k++) into[intoAt + k] += vi * x[xAt + k];
    }
  },

  combine: (into, a, x, b, y, yAt) => {
    for (let k = 0; k < into.length; k++) into[k] = a * x[k] + b * y[yAt + k];
  },

  addScaled: (into, intoAt, a, x) => {
    for (let k = 0; k < x.length; k++) into[intoAt + k] += a * x[k];
  },

  norm: (x) => {
    const sums = [0, 0, 0, 0, 0, 0, 0, 0];
    const whole = x.length - (x.length % 8);
    for (let k = 0; k < whole; k += 8) for (let s = 0; s < 8; s++) sums[s] += x[k + s] * x[k + s];
    for (let k = whole; k < x.length; k++) sums[0] += x[k] * x[k];
    const [a, b, c, d, e, f, g, h] = sums;
    // As lanes are added: (a, b) + (c, d) + ((e, f) + (g, h)), then the two.
    return Math.sqrt(a + c + (e + g) + (b + d + (f + h)));
  },

  descend: (w, step, g) => {
    let excess = 0;
    for (let k = 0; k < w.length; k++) {
      w[k] += step * g[k];
      excess += w[k] - w[k];
      g[k] = 0;
    }
    return excess === 0 ? -1 : notFinite(w);
  },

  chances: (key, into) => {
    for (let k = 0; k < into.length; k++) into[k] = draw(key, chancePlace(k));
  },

  byRow: rowsLoop,
};

/** The index of the first number that is not finite, else -1. */
export function notFinite(numbers: Float64Array): number {
  return numbers.findIndex((x) => !Number.isFinite(x));
}
