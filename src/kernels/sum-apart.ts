import type { Place } from './matrix.ts';
import { range } from './packing.ts';
import { f64, high, i32, low, type Expression } from './wat.ts';
import { NUMBER, numbered, PAIR, store, TWO, twice, vectorsOf, widthOf } from './widths.ts';
import { type Variable, type Writer } from './writer.ts';

/** A matrix, row by row, times a row of numbers, given by their addresses. */
export interface WholeTerm {
  readonly w: Expression;
  readonly x: Expression;
  readonly columns: number;
}

/** into_i = start_i + sum over the terms, in their order, of sum_j W_ij x_j, by ascending j, + last_i. */
export interface WholeSum {
  readonly size: number;
  readonly into: Expression;
  /** Absent: 0. */
  readonly start?: Expression | undefined;
  readonly terms: readonly WholeTerm[];
  /** If it is 0, nothing is added. */
  readonly last: Expression;
}

/** Writes a sum: two rows are the lanes of a vector, because the order within a sum must not change. */
export function sumUp(writer: Writer, { size, into, start, terms, last }: WholeSum): void {
  writer.inGroups(numbered(i32.constant(size)), [8, 2, 1], (count, row) => {
    const width = widthOf(count);
    const zero = width.all(f64.constant(0));
    const sums = range(vectorsOf(count)).map((v) => {
      const from = start && width.load(i32.add(start, row), v * PAIR);
      // From 0, so that no sum is -0.
      return writer.variable(width.type, from ? width.add(zero, from) : zero);
    });
    for (const { w, x, columns } of terms) {
      const pointer = writer.keep('i32', i32.add(w, i32.multiply(row, i32.constant(columns))));
      const rows = range(count).map((r) => ({ pointer, offset: r * NUMBER * columns }));
      addProduct(writer, sums, rows, x, i32.constant(columns));
    }
    const to = writer.keep('i32', i32.add(into, row));
    writer.when(last, () => {
      const from = writer.keep('i32', i32.add(last, row));
      sums.forEach((sum, v) => {
        sum.set(width.add(sum.value, width.load(from, v * PAIR)));
      });
    });
    sums.forEach(({ value }, v) => {
      store(width, writer, to, v * PAIR, value);
    });
  });
}

/** Adds the products of some rows of a matrix and x to sums: a single row has its own sum, several rows share one for each two. */
export function addProduct(
  writer: Writer,
  sums: readonly Variable[],
  rows: readonly Place[],
  x: Expression,
  columns: Expression,
): void {
  const width = widthOf(rows.length);
  const add = (v: number, numbers: Expression, by: Expression) => {
    sums[v].set(width.add(sums[v].value, width.multiply(numbers, by)));
  };
  /** The places, in two rows, of the numbers that are multiplied by the one at x + `column`. */
  const placesOf = (v: number, column: Expression) =>
    rows.slice(2 * v, 2 * v + 2).map((row) => ({ ...row, pointer: i32.add(row.pointer, column) }));
  writer.inGroups(numbered(columns), width === TWO ? [2, 1] : [1], (count, column) => {
    const from = writer.keep('i32', i32.add(x, column));
    if (count === 1) {
      const by = writer.keep(width.type, width.loadAll(from));
      sums.forEach((_, v) => {
        add(v, width.gather(placesOf(v, column)), by);
      });
      return;
    }
    const [one, other] = [0, NUMBER].map((offset) => writer.keep('v128', twice(from, offset)));
    sums.forEach((_, v) => {
      const [a, b] = placesOf(v, column).map(({ pointer, offset }) => writer.keep('v128', TWO.load(pointer, offset)));
      add(v, low(a, b), one);
      add(v, high(a, b), other);
    });
  });
}
