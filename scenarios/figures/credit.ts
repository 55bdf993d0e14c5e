/** Learning signals of an exact learner, from the recording of a trial: rows are timesteps. */

type Rows = readonly Float64Array[];

/** u_i = sum over k of M_ik e_k in every timestep; M is [units][errors], or [errors][units] if `transposed`. */
export function broadcast(M: Float64Array, errors: Rows, transposed = false): Rows {
  return errors.map((e) => {
    const units = M.length / e.length;
    const at = (i: number, k: number) => M[transposed ? k * units + i : i * e.length + k];
    return Float64Array.from({ length: units }, (_, i) => e.reduce((sum, each, k) => sum + at(i, k) * each, 0));
  });
}

/**
 * Credit through the exact Jacobian, back from the end of the trial: c(t) = l(t) + J(t+1)^T c(t+1), J_ij = retention [i = j] + s_i W_ij. With l =
 * W_out^T e it is minus the gradient of the trial's loss.
 */
export function exactCredit(signals: Rows, slopes: Rows, W: Float64Array, retention: number): Rows {
  const credit = signals.map((row) => row.slice());
  for (let t = credit.length - 2; t >= 0; t--) {
    const [now, next, slope] = [credit[t], credit[t + 1], slopes[t + 1]];
    const n = now.length;
    for (let j = 0; j < n; j++) {
      now[j] += retention * next[j];
      for (let i = 0; i < n; i++) now[j] += slope[i] * W[i * n + j] * next[i];
    }
  }
  return credit;
}

/** The mean over timesteps of the cosine between two rows. */
export function meanCosine(some: Rows, others: Rows): number {
  const cosines = some.map((row, t) => dot(row, others[t]) / (length([row]) * length([others[t]]) || 1));
  return cosines.reduce((sum, each) => sum + each, 0) / cosines.length;
}

/** The Euclidean norm of all numbers together. */
export function length(rows: Rows): number {
  return Math.sqrt(rows.reduce((sum, row) => sum + dot(row, row), 0));
}

function dot(row: Float64Array, other: Float64Array): number {
  return row.reduce((sum, each, k) => sum + each * other[k], 0);
}
