import type { Connection } from '../circuit/index.ts';
import { columnsBack, plainColumns } from './columns.ts';
import type { Kernel } from './kernel.ts';
import { lanesOf, VECTOR } from './lanes.ts';
import { addressOf, planMatrix, sweepPanels, type Matrix } from './matrix.ts';
import { denseRows, isDense, range, type Rows } from './packing.ts';
import { i32 } from './wat.ts';
import { moved } from './writer.ts';

/** Writes `name()`, which copies the transpose of a group's weights. Returns the matrix of the copy. */
export function writeTranspose(kernel: Kernel, name: string, { group, ways }: Connection): Matrix {
  const matrix = kernel.layout.matrixOf(group);
  const { rowStart: start, pre: column, from } = group;
  const rows = { start, column, columns: from.size };
  return !ways && isDense(rows)
    ? writeDense(kernel, name, rows, matrix)
    : writeSparse(kernel, name, columnsBack(group, ways, kernel.layout), matrix);
}

/** Panel by panel of the result, so that memory is written in order; a table says where each row of the source begins. */
function writeDense(kernel: Kernel, name: string, { start, columns }: Rows, matrix: Matrix): Matrix {
  const { bytes, memory } = kernel.layout;
  const back = planMatrix(memory, bytes, plainColumns(denseRows(columns, start.length - 1), bytes));
  const begins = memory.hold(start.subarray(0, -1).map((k) => matrix.packing.place[k] * bytes));
  kernel.write(name, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    back.packing.parts.forEach((part, which) => {
      sweepPanels(writer, back, which, 1, (panel) => {
        for (const { row, rows, vectors } of matrix.packing.parts) {
          const width = (vectors * VECTOR) / bytes;
          const column = writer.keep('i32', i32.multiply(panel.rows[0].pointer, i32.constant(width)));
          const sweep = { from: moved(panel.from, 4 * row), until: moved(panel.from, 4 * (row + rows)), step: 4 };
          writer.sweep(sweep, (entry) => {
            const [{ pointer, offset }] = panel.numbers(entry);
            const own = i32.load(i32.subtract(entry, panel.from), begins);
            const read = writer.keep('i32', i32.add(column, own));
            // Only the single panel of a part can have fewer rows than lanes.
            for (const lane of range(Math.min(part.rows, part.vectors * lanesOf(bytes)))) {
              const w = lanes.loadNumber(read, matrix.weights + lane * width * bytes);
              lanes.storeNumber(pointer, back.weights + offset + lane * bytes, w);
            }
          });
        }
      });
    });
  });
  return back;
}

/** Copies each weight by a table of source and destination addresses. */
function writeSparse(
  kernel: Kernel,
  name: string,
  { from, ...transposed }: ReturnType<typeof columnsBack>,
  matrix: Matrix,
): Matrix {
  const { bytes, memory } = kernel.layout;
  const back = planMatrix(memory, bytes, transposed);
  const pairs = new Int32Array(2 * from.length);
  from.forEach((k, at) => {
    pairs[2 * at] = addressOf(matrix, k);
    pairs[2 * at + 1] = addressOf(back, at);
  });
  const table = memory.hold(pairs);
  kernel.write(name, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    const until = i32.constant(table + 8 * from.length);
    writer.sweep({ from: i32.constant(table), until, step: 8 }, (pair) => {
      lanes.storeNumber(i32.load(pair, 4), 0, lanes.loadNumber(i32.load(pair), 0));
    });
  });
  return back;
}
