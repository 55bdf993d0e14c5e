import type { BuiltGroup } from '../circuit/index.ts';

// The inner loops of the references where each synapse has a way of its own: over all synapses of a group, in the order of `rows.ts`.

/** What comes by a way: numbers of neurons, and where those begin that are meant. */
export interface Arrived {
  readonly values: Float64Array;
  readonly begins: number;
}

type Group = Pick<BuiltGroup, 'rowStart' | 'pre' | 'to'>;

/** u_i += sum_k w_k h_k, where the sums begin at `now`. */
export function gatherByWay(
  u: Float64Array,
  now: number,
  { rowStart, pre, to }: Group,
  w: Float64Array,
  of: Int32Array,
  ways: readonly Arrived[],
): void {
  for (let i = 0; i < to.size; i++) {
    let sum = u[now + i];
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      const { values, begins } = ways[of[k]];
      sum += w[k] * values[begins + pre[k]];
    }
    u[now + i] = sum;
  }
}

/** z[pre_k] += w_k v_i: what postsynaptic neurons hand back. By an absent way nothing comes back. */
export function scatterByWay(
  z: Float64Array,
  { rowStart, pre, to }: Group,
  w: Float64Array,
  of: Int32Array,
  ways: readonly (Float64Array | undefined)[],
): void {
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      const v = ways[of[k]];
      if (v) z[pre[k]] += w[k] * v[i];
    }
  }
}

/** gradient_k += v_i h_k. */
export function outerByWay(
  gradient: Float64Array,
  { rowStart, pre, to }: Group,
  v: Float64Array,
  of: Int32Array,
  ways: readonly Arrived[],
): void {
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      const { values, begins } = ways[of[k]];
      gradient[k] += v[i] * values[begins + pre[k]];
    }
  }
}
