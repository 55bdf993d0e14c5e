import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Rows } from '../systems/dense.ts';

/** The largest real part of W's eigenvalues, whose limit of stability in continuous time is 1, and their largest absolute value. */
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
