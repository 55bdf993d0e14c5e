import type { BuiltFeedback, BuiltGroup, Ways } from '../circuit/index.ts';
import type { Frames } from './frames.ts';
import { denseRows, transpose, type Rows } from './packing.ts';

/**
 * Weights as compressed rows, one for each neuron that receives, and where the number is that a column is multiplied by: bytes from where
 * those of the first way begin.
 */
export interface Columns {
  readonly rows: Rows;
  readonly at: (column: number) => number;
}

/** Where rows are, and the bytes of a number. */
interface Memory {
  readonly frames: Frames;
  readonly bytes: 4 | 8;
}

/** A group's synapses, or feedback weights. Where synapses have ways of their own, each pair of a neuron and a way has a column. */
export function columnsOf(
  weights: BuiltGroup | BuiltFeedback,
  ways: Ways | undefined,
  { frames, bytes }: Memory,
): Columns {
  if (!('rowStart' in weights)) return plainColumns(denseRows(weights.to.size, weights.from.size), bytes);
  const rows = { start: weights.rowStart, column: weights.pre, columns: weights.from.size };
  if (!ways) return plainColumns(rows, bytes);
  const begins = ways.all.map(({ row, late }) => frames.at(row, late));
  return byWay(rows, ways.of, begins, bytes);
}

/** The same the other way round: what runs back to a neuron. `from[k]` is the synapse of entry k. */
export function columnsBack(
  { rowStart, pre, from }: BuiltGroup,
  ways: Ways | undefined,
  { frames, bytes }: Memory,
): Columns & { readonly from: Int32Array } {
  const { from: synapses, ...rows } = transpose({ start: rowStart, column: pre, columns: from.size });
  if (!ways) return { ...plainColumns(rows, bytes), from: synapses };
  const begins = ways.all.map(({ late }) => late * frames.stride);
  return { ...byWay(rows, synapses.map((k) => ways.of[k]), begins, bytes), from: synapses }; // prettier-ignore
}

/** Columns that are the numbers of one row. */
export function plainColumns(rows: Rows, bytes: 4 | 8): Columns {
  return { rows, at: (column) => column * bytes };
}

/** `of`: the way of each entry. */
function byWay({ start, column, columns }: Rows, of: Int32Array, begins: readonly number[], bytes: 4 | 8): Columns {
  const count = begins.length;
  return {
    rows: { start, column: column.map((j, k) => j * count + of[k]), columns: columns * count },
    at: (each) => Math.floor(each / count) * bytes + begins[each % count] - begins[0],
  };
}
