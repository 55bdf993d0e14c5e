import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Rows } from '../systems/dense.ts';

/** Of W's eigenvalues: the largest real part, where 1 is the edge of stability in continuous time, and the largest distance from 0. */
export interface Spectrum {
  readonly rightmost: number;
  readonly radius: number;
}

export function spectrumOf(W: Rows): Spectrum {
  const all = eigenvaluesOf(W);
  return {
    rightmost: Math.max(...all.map(({ real }) => real)),
    radius: Math.max(...all.map(({ real, imaginary }) => Math.hypot(real, imaginary))),
  };
}

export function eigenvaluesOf(W: Rows): readonly { readonly real: number; readonly imaginary: number }[] {
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(W.map((row) => [...row])));
  return realEigenvalues.map((real, k) => ({ real, imaginary: imaginaryEigenvalues[k] }));
}
