import type { Columns } from './columns.ts';
import { lanesOf, VECTOR, type Precision } from './lanes.ts';
import type { MemoryPlan } from './memory.ts';
import { isFull, masksOf, pack, range, type Packing } from './packing.ts';
import { i32, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** A packed matrix of weights in memory, with its tables. */
export interface Matrix {
  readonly packing: Packing;
  readonly bytes: 4 | 8;
  /** The address of its weights. Other numbers of its synapses are packed in the same way elsewhere. */
  readonly weights: number;
  /** One for each part. */
  readonly tables: readonly Tables[];
}

/** The addresses of the tables of one part of a matrix; 0 if a table is not needed. */
interface Tables {
  /** Where each panel's entries begin, in bytes of the next table. */
  readonly starts: number;
  /** The place of the number of each entry's column, bytes from the start of a row. */
  readonly columns: number;
  /** Masks of the places that hold a synapse. */
  readonly masks: number;
}

export function planMatrix(memory: MemoryPlan, bytes: 4 | 8, { rows, at }: Columns): Matrix {
  const lanes = lanesOf(bytes);
  const packing = pack(rows, lanes);
  const tables = packing.parts.map((part) => ({
    starts: part.dense ? 0 : memory.hold(part.starts.map((entry) => 4 * entry)),
    columns: part.dense ? 0 : memory.hold(part.columns.map(at)),
    masks: isFull(part, lanes) ? 0 : memory.hold(masksOf(packing, part, bytes)),
  }));
  return { packing, bytes, tables, weights: memory.reserve(packing.size * bytes) };
}

/** Where the weight of synapse k is. */
export function addressOf({ weights, packing, bytes }: Matrix, k: number): number {
  return weights + packing.place[k] * bytes;
}

export function numbersOf(precision: Precision, length: number): Float32Array | Float64Array {
  return precision === 'f64' ? new Float64Array(length) : new Float32Array(length);
}

/** One number for each synapse, packed like its weights; 0 in the gaps. */
export function packed(precision: Precision, packing: Packing, values: Float64Array): Float32Array | Float64Array {
  const numbers = numbersOf(precision, packing.size);
  packInto(numbers, packing, values);
  return numbers;
}

/** The same, written into an array from its start on. */
export function packInto(numbers: Float32Array | Float64Array, { place }: Packing, values: Float64Array): void {
  for (let k = 0; k < values.length; k++) numbers[place[k]] = values[k];
}

/** The entries of a panel, or of several at once: pointers that take 4 bytes an entry. */
export interface PanelEntries {
  /** The place of each panel's first row among the rows, bytes. */
  readonly rows: readonly Place[];
  readonly from: Expression;
  readonly until: Expression;
  /**
   * Visits entry after entry, with the places of its numbers in each panel, and of its column in the row at `row`. Both are running
   * pointers, not computed again for every entry.
   */
  readonly each: (row: Expression, visit: (numbers: readonly Place[], column: Expression) => void) => void;
  /** The places of the numbers of an entry in each panel, bytes from the start of the packing. */
  readonly numbers: (entry: Expression) => readonly Place[];
  /** The place of the column of the entry at `entry + ahead` in a row. */
  readonly column: (entry: Expression, ahead: number) => Place;
}

/** A place in memory: an address, and bytes to add to it. */
export interface Place {
  readonly pointer: Expression;
  readonly offset: number;
}

/** Visits the panels of one part of a matrix; those of a dense part, whose entries have the same columns, `together` at a time. */
export function sweepPanels(
  writer: Writer,
  matrix: Matrix,
  which: number,
  together: number,
  visit: (panel: PanelEntries) => void,
): void {
  const { panels, dense } = matrix.packing.parts[which];
  const grouped = dense && together > 1 ? panels - (panels % together) : 0;
  sweepSome(writer, matrix, which, { from: 0, until: grouped, together }, visit);
  sweepSome(writer, matrix, which, { from: grouped, until: panels, together: 1 }, visit);
}

function sweepSome(
  writer: Writer,
  { packing, tables: all, bytes }: Matrix,
  which: number,
  { from: first, until: last, together }: { readonly from: number; readonly until: number; readonly together: number },
  visit: (panel: PanelEntries) => void,
): void {
  if (first === last) return;
  const { row: firstRow, vectors, dense, starts, offset } = packing.parts[which];
  const tables = all[which];
  const width = vectors * VECTOR;
  const [begin, end] = [first, last].map((panel) => firstRow * bytes + panel * width);
  const panels = range(together);
  // If every panel has the same number of entries, they are counted; otherwise the table says where they begin.
  const each = 4 * starts[1];
  const counted = writer.variable('i32', i32.constant(first * each));
  writer.sweep({ from: i32.constant(begin), until: i32.constant(end), step: together * width }, (row) => {
    const table = writer.keep('i32', i32.divide(moved(row, -firstRow * bytes), i32.constant(vectors * 4)));
    const start = (panel: number) =>
      writer.keep('i32', dense ? moved(counted.value, panel * each) : i32.load(table, tables.starts + 4 * panel));
    const [from, until] = [start(0), start(1)];
    const numbers = (entry: Expression) => {
      const pointer = writer.keep('i32', i32.multiply(entry, i32.constant(width / 4)));
      return panels.map((k) => ({ pointer, offset: offset * bytes + (k * each * width) / 4 }));
    };
    visit({
      rows: panels.map((k) => ({ pointer: row, offset: k * width })),
      from,
      until,
      each: (read, visitEntry) => {
        const places = numbers(from);
        const [end] = numbers(until);
        const column = writer.variable('i32', dense ? read : from);
        writer.sweep({ from: places[0].pointer, until: end.pointer, step: width }, (pointer) => {
          visitEntry(
            places.map((place) => ({ ...place, pointer })),
            dense ? column.value : i32.add(read, i32.load(column.value, tables.columns)),
          );
          column.set(moved(column.value, dense ? bytes : 4));
        });
      },
      numbers,
      column: (entry, ahead) => {
        if (!dense) return { pointer: writer.keep('i32', i32.load(entry, tables.columns + ahead)), offset: 0 };
        const within = i32.subtract(entry, from);
        const pointer = writer.keep('i32', bytes === 8 ? i32.shiftLeft(within, 1) : within);
        return { pointer, offset: (ahead * bytes) / 4 };
      },
    });
    if (dense) counted.set(moved(counted.value, together * each));
  });
}
