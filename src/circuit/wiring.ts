import { stream } from '../random/index.ts';
import type { BuiltGroup, BuiltPopulation } from './built.ts';
import type { CheckedGroup } from './circuit.ts';
import { presynapticOf } from './connectivity.ts';
import { drawDelays, missing } from './delays.ts';
import { firstWeight, type WeightDials } from './dials/weights.ts';
import { drawer, isDrawn } from './drawer.ts';

type Rows = Pick<BuiltGroup, 'rowStart' | 'pre'>;

/** Which neurons a group joins, as compressed rows. */
export function joined(
  name: string,
  { edges, connect }: CheckedGroup,
  { from, to }: { readonly from: BuiltPopulation; readonly to: BuiltPopulation },
  seed: number,
): Rows {
  const rowStart = new Int32Array(to.size + 1);
  if (edges) {
    for (const i of edges.to) rowStart[i + 1]++;
    for (let i = 0; i < to.size; i++) rowStart[i + 1] += rowStart[i];
    return { rowStart, pre: Int32Array.from(edges.from) };
  }
  if (!connect) {
    const pre = new Int32Array(to.size * from.size);
    for (let i = 0, k = 0; i < to.size; i++) {
      for (let j = 0; j < from.size; j++) pre[k++] = j;
      rowStart[i + 1] = k;
    }
    return { rowStart, pre };
  }
  const joins = stream(seed, 'synapses', name, 'connect');
  const rows = Array.from({ length: to.size }, (_, i) => presynapticOf(connect, i, from.size, from === to, joins));
  rows.forEach((row, i) => (rowStart[i + 1] = rowStart[i] + row.length));
  const pre = new Int32Array(rowStart[to.size]);
  rows.forEach((row, i) => {
    pre.set(row, rowStart[i]);
  });
  return { rowStart, pre };
}

/**
 * The initial weight of each synapse.
 *
 * @throws InputError if the seed draws a synapse for which a given matrix has no weight.
 */
export function initialWeights(
  name: string,
  { edges, weights: given }: CheckedGroup,
  { rowStart, pre }: Rows,
  dials: WeightDials & { readonly signs: Float64Array | undefined },
  { columns, seed }: { readonly columns: number; readonly seed: number },
): Float64Array {
  if (!given) return Float64Array.from(edges?.weights ?? []);
  const weight = drawer(given, { rows: rowStart.length - 1, columns }, seed, 'synapses', name, 'weights');
  const first = isDrawn(given) ? firstWeight(dials) : (w: number) => w;
  const weights = new Float64Array(pre.length);
  for (let i = 0; i + 1 < rowStart.length; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      weights[k] = first(weight(i, pre[k]), pre[k]);
      if (Number.isNaN(weights[k])) throw missing(`synapses.${name}.weights[${i}][${pre[k]}]`, 'weight', seed);
    }
  }
  return weights;
}

/** The delay from a neuron to the synapses of a group: the least of any synapse, and how much longer each takes. */
export function arrivals(
  name: string,
  group: CheckedGroup,
  rows: Rows,
  ofAxon: number,
  seed: number,
): Pick<BuiltGroup, 'delay' | 'longer'> {
  const each = drawDelays(`synapses.${name}`, group, rows, seed, 'synapses', name, 'delay');
  if (typeof each === 'number') return { delay: ofAxon + each };
  const least = each.reduce((one, other) => Math.min(one, other), each.length > 0 ? each[0] : 1);
  const longer = each.map((late) => late - least);
  return { delay: ofAxon + least, ...(longer.some((late) => late > 0) && { longer }) };
}
