import type { Columns } from './columns.ts';
import { lanesOf, VECTOR, type Precision } from './lanes.ts';
import type { MemoryPlan } from './memory.ts';
import { isFull, masksOf, pack, range, type Packing } from './packing.ts';
import { i32, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** Where a matrix of weights is, packed, with its tables. */
export interface Matrix {
  readonly packing: Packing;
  readonly bytes: 4 | 8;
  /** Where its weights are. Other numbers of its synapses are packed the same way elsewhere. */
  readonly weights: number;
  /** One for each part. */
  readonly tables: readonly Tables[];
}

/** The tables of one part of a matrix; 0 where it needs none. */
interface Tables {
  /** Where each panel's entries begin, in bytes of the next table. */
  readonly starts: number;
  /** Where the number of each entry's column is, bytes from where a row begins. */
  readonly columns: number;
  /** Masks of the places where there is a synapse. */
  readonly masks: number;
}

/** Room for a matrix. */
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

/** Numbers as kernels of a precision keep them. */
export function numbersOf(precision: Precision, length: number): Float32Array | Float64Array {
  return precision === 'f64' ? new Float64Array(length) : new Float32Array(length);
}

/** One number for each synapse, packed as its weights are; 0 in the gaps. */
export function packed(precision: Precision, packing: Packing, values: Float64Array): Float32Array | Float64Array {
  const numbers = numbersOf(precision, packing.size);
  packInto(numbers, packing, values);
  return numbers;
}

/** The same among other numbers, from the first on. */
export function packInto(numbers: Float32Array | Float64Array, { place }: Packing, values: Float64Array): void {
  for (let k = 0; k < values.length; k++) numbers[place[k]] = values[k];
}

/** The entries of a panel, or of several at once: pointers that take 4 bytes an entry. */
export interface PanelEntries {
  /** Where each panel's first row is among the rows, bytes. */
  readonly rows: readonly Place[];
  readonly from: Expression;
  readonly until: Expression;
  /**
   * Visits entry after entry: where its numbers are in each panel, and where its column is in the row at `row`. Both are pointers
   * that run, not computed again for every entry.
   */
  readonly each: (row: Expression, visit: (numbers: readonly Place[], column: Expression) => void) => void;
  /** Where the numbers of an entry are in each panel, bytes from those of the packing. */
  readonly numbers: (entry: Expression) => readonly Place[];
  /** Where the column of the entry at `entry + ahead` is in a row. */
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
  // Where every panel has the same number of entries, they are counted; else the table says where they begin.
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
