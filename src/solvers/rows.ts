/**
 * The inner loops of the references, over one row of compressed rows: the synapses start..end-1 of one postsynaptic neuron.
 * Four at a time, because otherwise the loop itself would take half the time; the order of the sums stays that of the synapses.
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

/** z[pre_k] += w_k v: what one postsynaptic neuron passes back to its presynaptic neurons. */
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

/** into[row ..] += sum over k = start..end-1 of w[k] rows[pre[k]]: where RTRL spends its N^4. */
export function addRows(
  into: Float64Array,
  row: number,
  width: number,
  rows: Float64Array,
  w: Float64Array,
  pre: Int32Array,
  start: number,
  end: number,
): void {
  let k = start;
  for (; k + 3 < end; k += 4) {
    const [w0, w1, w2, w3] = [w[k], w[k + 1], w[k + 2], w[k + 3]];
    const r0 = pre[k] * width;
    const r1 = pre[k + 1] * width;
    const r2 = pre[k + 2] * width;
    const r3 = pre[k + 3] * width;
    for (let c = 0; c < width; c++) {
      into[row + c] = into[row + c] + w0 * rows[r0 + c] + w1 * rows[r1 + c] + w2 * rows[r2 + c] + w3 * rows[r3 + c];
    }
  }
  for (; k < end; k++) {
    const r0 = pre[k] * width;
    for (let c = 0; c < width; c++) into[row + c] += w[k] * rows[r0 + c];
  }
}
