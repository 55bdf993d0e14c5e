/**
 * The three inner loops of the references, over one row of compressed rows: the synapses start..end-1 of one postsynaptic neuron.
 * Four at a time, since the loop's own work would else be half of it; the order of the sums stays that of the synapses.
 */

/** u + sum_k w_k h[row + pre_k], summed in ascending k as the actors do. */
export function gather(
  u: number,
  w: Float64Array,
  pre: Int32Array,
  h: Float64Array,
  row: number,
  start: number,
  end: number,
): number {
  let k = start;
  for (; k + 3 < end; k += 4) {
    u += w[k] * h[row + pre[k]];
    u += w[k + 1] * h[row + pre[k + 1]];
    u += w[k + 2] * h[row + pre[k + 2]];
    u += w[k + 3] * h[row + pre[k + 3]];
  }
  for (; k < end; k++) u += w[k] * h[row + pre[k]];
  return u;
}

/** z[pre_k] += w_k v: what one postsynaptic neuron hands back to those before it. */
export function scatter(
  z: Float64Array,
  w: Float64Array,
  pre: Int32Array,
  v: number,
  start: number,
  end: number,
): void {
  let k = start;
  for (; k + 3 < end; k += 4) {
    z[pre[k]] += w[k] * v;
    z[pre[k + 1]] += w[k + 1] * v;
    z[pre[k + 2]] += w[k + 2] * v;
    z[pre[k + 3]] += w[k + 3] * v;
  }
  for (; k < end; k++) z[pre[k]] += w[k] * v;
}

/** gradient_k += v h[row + pre_k]. */
export function outer(
  gradient: Float64Array,
  pre: Int32Array,
  h: Float64Array,
  row: number,
  v: number,
  start: number,
  end: number,
): void {
  let k = start;
  for (; k + 3 < end; k += 4) {
    gradient[k] += v * h[row + pre[k]];
    gradient[k + 1] += v * h[row + pre[k + 1]];
    gradient[k + 2] += v * h[row + pre[k + 2]];
    gradient[k + 3] += v * h[row + pre[k + 3]];
  }
  for (; k < end; k++) gradient[k] += v * h[row + pre[k]];
}
