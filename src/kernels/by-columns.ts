import { lanesOf, VECTOR, type Lanes } from './lanes.ts';
import { sweepPanels, type Matrix } from './matrix.ts';
import { range } from './packing.ts';
import { i32, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/**
 * Adds to the sums at `sums` the transpose of a densely packed matrix times the row at `row`: to the sum of each column, its entries times the
 * numbers of their rows, by ascending row. A vector holds entries of one column, so two columns (four in f32) are transposed into vectors of one row
 * each.
 */
export function multiplyColumns(lanes: Lanes, matrix: Matrix, row: Expression, sums: Expression): void {
  const { writer, bytes } = lanes;
  const abreast = lanesOf(bytes);
  matrix.packing.parts.forEach(({ rows, vectors, panels, columns }, which) => {
    const width = vectors * VECTOR;
    const all = columns.length / panels;
    sweepPanels(writer, matrix, which, 1, (panel) => {
      const [{ pointer: first, offset: within }] = panel.rows;
      const read = writer.keep('i32', i32.add(row, first));
      // Only the single panel of a part can have fewer rows than lanes.
      const rates = range(Math.min(rows, vectors * abreast)).map((k) => lanes.loadSplat(read, within + k * bytes));
      const [{ pointer, offset }] = panel.numbers(panel.from);
      const add = (count: number, entry: Expression, sum: Expression) => {
        let total = lanes.load(sum, 0);
        for (const v of range(vectors)) {
          const at = matrix.weights + offset + v * VECTOR;
          const entries = range(abreast).map((c) =>
            c < count ? lanes.load(entry, at + c * width) : lanes.constant(0),
          );
          lanes.turned(entries).forEach((w, lane) => {
            const k = v * abreast + lane;
            if (k < rates.length) total = lanes.add(total, lanes.multiply(w, rates[k]));
          });
        }
        lanes.store(sum, 0, total);
      };
      const whole = all - (all % abreast);
      const sum = writer.variable('i32', sums);
      const until = moved(pointer, whole * width);
      writer.sweep({ from: pointer, until, step: abreast * width }, (entry) => {
        add(abreast, entry, sum.value);
        sum.set(moved(sum.value, VECTOR));
      });
      if (whole < all) add(all - whole, writer.keep('i32', until), sum.value);
    });
  });
}
