import type { BuiltFeedback, BuiltGroup, LearnStep, Ways } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { Frames } from './frames.ts';
import { denseRows, transpose, type Rows } from './packing.ts';

/**
 * Weights as compressed rows, one for each receiving neuron, and for each column the place of the number that it is multiplied by: bytes from
 * where the numbers of the first way begin.
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

/** A group's synapses, or feedback weights. If synapses have ways of their own, each pair of a neuron and a way has a column. */
export function columnsOf(
  weights: BuiltGroup | BuiltFeedback,
  ways: Ways | undefined,
  { frames, bytes }: Memory,
): Columns {
  if (!('rowStart' in weights)) return plainColumns(denseRows(weights.to.size, weights.from.size), bytes);
  const rows = { start: weights.rowStart, column: weights.pre, columns: weights.from.size };
  if (!ways) return plainColumns(rows, bytes);
  const begins = ways.all.map(({ row, late }) => frames.at(row, late));
  const count = ways.all.length;
  return {
    rows: { ...rows, column: rows.column.map((j, k) => j * count + ways.of[k]), columns: rows.columns * count },
    at: (column) => Math.floor(column / count) * bytes + begins[column % count] - begins[0],
  };
}

/** The transpose: what runs back to a neuron, way after way. `from[k]` is the synapse of entry k. */
export function columnsBack(
  { rowStart, pre, from }: BuiltGroup,
  ways: Ways | undefined,
  { frames, bytes }: Memory,
): Columns & { readonly from: Int32Array } {
  const { from: synapses, ...rows } = transpose({ start: rowStart, column: pre, columns: from.size });
  if (!ways) return { ...plainColumns(rows, bytes), from: synapses };
  const { columns, start } = rows;
  const each = Array.from(synapses, (k, entry) => ({ k, column: ways.of[k] * columns + rows.column[entry] }));
  const ordered = Array.from({ length: from.size }, (_, j) =>
    each.slice(start[j], start[j + 1]).sort((one, other) => one.column - other.column),
  ).flat();
  return {
    rows: { start, column: Int32Array.from(ordered, ({ column }) => column), columns: columns * ways.all.length },
    at: (column) => {
      const later = ways.all[Math.floor(column / columns)].late - ways.all[0].late;
      return (column % columns) * bytes + later * frames.stride;
    },
    from: Int32Array.from(ordered, ({ k }) => k),
  };
}

/** Columns that correspond to the numbers of one row. */
export function plainColumns(rows: Rows, bytes: 4 | 8): Columns {
  return { rows, at: (column) => column * bytes };
}

/** @throws InputError if two numbers reach the synapses by different ways: a table has one place for each column. */
export function refuseApart({ group, reads, ways }: LearnStep): void {
  if (!ways || ways.all.every(({ row }) => row === ways.all[0].row)) return;
  const other = [...reads].find(
    ([path, source]) => path.startsWith('pre.') && source.kind === 'row' && source.row !== ways.all[0].row,
  );
  if (!other) return;
  throw new InputError(
    `synapses.${group.name}.rule`,
    `reads ${other[0]}, which the group's gate does not scale, while its synapses have delays of their own; kernels cannot do both, so run it with engine 'actors'`,
  );
}
