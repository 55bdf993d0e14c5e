import type { GroupLayout, MatrixLayout } from './layout.ts';
import { sweepPanels, type Kernel } from './kernel.ts';
import { VECTOR } from './lanes.ts';
import { TOGETHER } from './packing.ts';
import { range } from './range.ts';
import { i32 } from './wat.ts';
import { moved } from './writer.ts';

/** A matrix times a row of numbers: into[i] = into[i] + sum_j W_ij from[j], by ascending j. */
export interface Product {
  readonly matrix: MatrixLayout;
  /** Where the row `from` begins, bytes from the frame's address. */
  readonly from: number;
  /** Where the row `into` begins, bytes from the frame's address. */
  readonly into: number;
  /** Whether the sum starts from 0, not from what is there. */
  readonly first: boolean;
}

/** Writes the function `name(frame)` that adds the product of a matrix with a row. */
export function writeProduct(kernel: Kernel, name: string, { matrix, from, into, first }: Product): void {
  kernel.write(name, 1, (writer, frame) => {
    const lanes = kernel.lanes(writer);
    const read = writer.keep('i32', moved(frame, from));
    matrix.packing.parts.forEach(({ vectors }, which) => {
      sweepPanels(writer, kernel.layout, matrix, which, TOGETHER, (panel) => {
        const places = panel.rows.flatMap(({ pointer, offset }) => {
          const target = writer.keep('i32', i32.add(frame, pointer));
          return range(vectors).map((v) => ({ target, at: into + offset + v * VECTOR }));
        });
        const sums = places.map(({ target, at }) =>
          writer.variable('v128', first ? lanes.constant(0) : lanes.load(target, at)),
        );
        panel.each(read, (numbers, column) => {
          const rate = lanes.loadSplat(column.pointer, column.offset);
          numbers.forEach(({ pointer, offset }, k) => {
            for (const v of range(vectors)) {
              const w = lanes.load(pointer, matrix.weights + offset + v * VECTOR);
              const sum = sums[k * vectors + v];
              sum.set(lanes.add(sum.value, lanes.multiply(w, rate)));
            }
          });
        });
        places.forEach(({ target, at }, k) => {
          lanes.store(target, at, sums[k].value);
        });
      });
    });
  });
}

/** Writes `transmit_g(frame)`: u(t) += W h(t - delay), or W times what the gate lets through of that. */
export function writeTransmit(kernel: Kernel, { group, matrix, sent, late }: GroupLayout, first: boolean): void {
  const { frames } = kernel.layout;
  writeProduct(kernel, `transmit_${group.index}`, {
    matrix,
    from: sent - late * frames.stride,
    into: frames.of(group.to, 'potential'),
    first,
  });
}
