import type { Witness } from './graph/evaluate.ts';

/** Set only while a function is checked (`witnessed`). */
let witness: Witness | undefined;

/**
 * The spike of a neuron: 1 where x >= 0, else 0; NaN gives 0. For local functions, on every engine with the same bits.
 *
 * Its derivative counts as `psi` times that of x: psi is the declared pseudo-derivative (Bellec et al. 2020), an expression that may
 * depend on the same numbers as x and is not differentiated itself. If only the value is needed, psi is not computed.
 *
 * @example
 * const s = spike(v - theta, 0.3 * max(0, 1 - abs(v - theta)));
 */
export function spike(x: number, psi: number): 0 | 1 {
  witness?.('spike', [x, psi]);
  return x >= 0 ? 1 : 0;
}

/** x itself, but its derivative counts as 0: for example for a reset that a paper's gradient leaves out. For local functions. */
export function detach(x: number): number {
  witness?.('detach', [x]);
  return x;
}

/** The result of `f`; `by` is called for each call of `spike` and `detach` in it. */
export function witnessed<T>(f: () => T, by: Witness): T {
  const outer = witness;
  witness = by;
  try {
    return f();
  } finally {
    witness = outer;
  }
}
