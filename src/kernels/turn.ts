import type { BuiltGroup } from '../circuit/index.ts';
import { sweepPanels, type Kernel } from './kernel.ts';
import type { MatrixLayout } from './layout.ts';
import { loadNumber, storeNumber } from './numbers.ts';
import { denseRows, isDense, transpose, type Rows } from './packing.ts';
import { range } from './range.ts';
import { i32 } from './wat.ts';
import { moved } from './writer.ts';

/** Writes `turn_g()`, which copies a group's weights the other way round. Returns where they then are. */
export function writeTurn(kernel: Kernel, group: BuiltGroup): MatrixLayout {
  const rows = { start: group.rowStart, column: group.pre, columns: group.from.size };
  return isDense(rows) ? writeDense(kernel, group, rows) : writeSparse(kernel, group, rows);
}

/** Panel by panel of what is written, so that memory is filled as it lies; a table tells where each row of what is read begins. */
function writeDense(kernel: Kernel, { index, to, from }: BuiltGroup, { start }: Rows): MatrixLayout {
  const { layout } = kernel;
  const { bytes, lanes } = layout;
  const { matrix } = layout.groups[index];
  const back = layout.matrix(denseRows(from.size, to.size));
  const begins = layout.memory.hold(start.subarray(0, -1).map((k) => matrix.packing.place[k] * bytes));
  kernel.write(`turn_${index}`, 0, (writer) => {
    const store = writer.do.bind(writer);
    back.packing.parts.forEach((part, which) => {
      sweepPanels(writer, layout, back, which, 1, (panel) => {
        for (const { row, rows, vectors } of matrix.packing.parts) {
          const width = vectors * lanes;
          const column = writer.keep('i32', i32.multiply(panel.rows[0].pointer, i32.constant(width)));
          const sweep = { from: moved(panel.from, 4 * row), until: moved(panel.from, 4 * (row + rows)), step: 4 };
          writer.sweep(sweep, (entry) => {
            const [{ pointer, offset }] = panel.numbers(entry);
            const own = i32.load(i32.subtract(entry, panel.from), begins);
            const read = writer.keep('i32', i32.add(column, own));
            // Only a panel that is the one of its part has fewer rows than it has lanes.
            for (const lane of range(Math.min(part.rows, part.vectors * lanes))) {
              const w = loadNumber(kernel, read, matrix.weights + lane * width * bytes);
              storeNumber(kernel, store, pointer, back.weights + offset + lane * bytes, w);
            }
          });
        }
      });
    });
  });
  return back;
}

/** By a table of addresses, from which to which each weight is copied. */
function writeSparse(kernel: Kernel, { index }: BuiltGroup, rows: Rows): MatrixLayout {
  const { layout } = kernel;
  const { matrix } = layout.groups[index];
  const { from, ...turned } = transpose(rows);
  const back = layout.matrix(turned);
  const pairs = new Int32Array(2 * from.length);
  from.forEach((k, at) => {
    pairs[2 * at] = matrix.weights + matrix.packing.place[k] * layout.bytes;
    pairs[2 * at + 1] = back.weights + back.packing.place[at] * layout.bytes;
  });
  const table = layout.memory.hold(pairs);
  kernel.write(`turn_${index}`, 0, (writer) => {
    const until = i32.constant(table + 8 * from.length);
    writer.sweep({ from: i32.constant(table), until, step: 8 }, (pair) => {
      const w = loadNumber(kernel, i32.load(pair), 0);
      storeNumber(kernel, writer.do.bind(writer), i32.load(pair, 4), 0, w);
    });
  });
  return back;
}
