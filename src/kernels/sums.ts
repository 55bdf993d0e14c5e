import type { BuiltPopulation, SumStep } from '../circuit/index.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes, type Operand } from './lanes.ts';
import { sweepPanels, type Matrix } from './matrix.ts';
import { range, TOGETHER } from './packing.ts';
import { i32, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/** What the neurons of a population sum up: into_i = start_i + sum over the products, in their order, of sum_j W_ij row_j, by ascending j. */
export interface Sum {
  readonly population: BuiltPopulation;
  /** Where the row begins that is summed into, bytes from the window's address. */
  readonly into: number;
  /** What some neurons' sums start from, given what loads their numbers in a row that begins `offset` bytes from the window's address. */
  readonly start: (lanes: Lanes, load: (offset: number) => Expression) => Operand;
  readonly products: readonly Product[];
}

/** A matrix times a row of numbers, which begins `row` bytes from the window's address. */
export interface Product {
  readonly matrix: Matrix;
  /** Where the numbers are that take the place of its weights; they may be anything where there is no synapse. */
  readonly by?: number;
  readonly row: number;
}

/** Writes `name(window)`: what the neurons of a population are brought. */
export function writeSumStep(kernel: Kernel, name: string, { population, into, start, terms }: SumStep): void {
  const { frames } = kernel.layout;
  writeSum(kernel, name, {
    population,
    into: frames.at(into),
    start: (_, load) => (start ? load(frames.at(start)) : 0),
    products: terms.map(({ weights, by, row, late }) => ({
      matrix: kernel.layout.matrixOf(weights),
      ...(by !== undefined && { by: kernel.layout.stateOf(weights, by) }),
      row: frames.at(row, late),
    })),
  });
}

/** Writes `name(window)`, which sums up. */
export function writeSum(kernel: Kernel, name: string, { population, into, start, products }: Sum): void {
  kernel.write(name, 1, (writer, window) => {
    const lanes = kernel.lanes(writer);
    if (products.length === 0) {
      const size = population.size * kernel.layout.bytes;
      writer.sweep({ from: window, until: moved(window, size), step: VECTOR }, (pointer) => {
        lanes.store(
          pointer,
          into,
          start(lanes, (offset) => lanes.load(pointer, offset)),
        );
      });
    }
    products.forEach(({ matrix, by, row }, k) => {
      const read = writer.keep('i32', moved(window, row));
      matrix.packing.parts.forEach(({ vectors, offset: first }, which) => {
        const { masks } = matrix.tables[which];
        const within = masks - first * matrix.bytes;
        sweepPanels(writer, matrix, which, TOGETHER, (panel) => {
          const places = panel.rows.flatMap(({ pointer, offset }) => {
            const target = writer.keep('i32', i32.add(window, pointer));
            return range(vectors).map((v) => ({ target, at: offset + v * VECTOR }));
          });
          const sums = places.map(({ target, at }) => {
            const load = (offset: number) => lanes.load(target, offset + at);
            return writer.variable('v128', k === 0 ? lanes.read(start(lanes, load)) : load(into));
          });
          panel.each(read, (numbers, column) => {
            const rate = lanes.loadSplat(column, 0);
            numbers.forEach(({ pointer, offset }, n) => {
              for (const v of range(vectors)) {
                const at = offset + v * VECTOR;
                const number = lanes.load(pointer, (by ?? matrix.weights) + at);
                const isWhole = by === undefined || masks === 0;
                const w = isWhole ? number : lanes.and(number, lanes.load(moved(pointer, within), at));
                const sum = sums[n * vectors + v];
                sum.set(lanes.add(sum.value, lanes.multiply(w, rate)));
              }
            });
          });
          places.forEach(({ target, at }, n) => {
            lanes.store(target, into + at, sums[n].value);
          });
        });
      });
    });
  });
}
