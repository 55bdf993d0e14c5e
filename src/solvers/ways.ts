import type { BuiltGroup, Ways } from '../circuit/index.ts';

// Inner loops of the references for groups whose synapses each have a way of their own, in the order of `rows.ts`.

/** What arrives by a way: numbers of neurons, and the index of the first. */
export interface Arrived {
  readonly values: Float64Array;
  readonly begins: number;
}

/** The synapses of a group that have one way, as compressed rows: those onto neuron i are synapse[start[i]] .. synapse[start[i+1]-1]. */
export interface OneWay {
  readonly start: Int32Array;
  readonly synapse: Int32Array;
}

type Group = Pick<BuiltGroup, 'rowStart' | 'pre' | 'to'>;

/** The synapses of a group, way by way. */
export function wayByWay({ rowStart, to }: Group, { all, of }: Ways): readonly OneWay[] {
  return all.map((_, way) => {
    const start = new Int32Array(to.size + 1);
    const synapse: number[] = [];
    for (let i = 0; i < to.size; i++) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) if (of[k] === way) synapse.push(k);
      start[i + 1] = synapse.length;
    }
    return { start, synapse: Int32Array.from(synapse) };
  });
}

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

/** z[pre_k] += w_k v_i: what postsynaptic neurons pass back by one way. */
export function scatterOneWay(
  z: Float64Array,
  { pre, to }: Group,
  { start, synapse }: OneWay,
  w: Float64Array,
  v: Float64Array,
): void {
  for (let i = 0; i < to.size; i++) {
    for (let e = start[i]; e < start[i + 1]; e++) {
      const k = synapse[e];
      z[pre[k]] += w[k] * v[i];
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
