import { range } from './packing.ts';
import { f64, high, i32, low, op, type Expression } from './wat.ts';
import { NUMBER, ONE, PAIR, rowsTogether, store, TWO, type Width } from './widths.ts';
import type { Variable, Writer } from './writer.ts';

/** A matrix, row by row, times a row of numbers: by their addresses. */
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
  /** Where it is 0, nothing is added. */
  readonly last: Expression;
}

/** Writes a sum: two rows are the lanes of a vector, as sums must not be taken apart. */
export function sumUp(writer: Writer, { size, into, start, terms, last }: WholeSum): void {
  rowsTogether(writer, i32.constant(size), [8, 2, 1], (count, row) => {
    const width = count === 1 ? ONE : TWO;
    const vectors = Math.ceil(count / 2);
    const zero = width.all(f64.constant(0));
    const sums = range(vectors).map((v) => {
      const from = start && width.load(i32.add(start, row), v * PAIR);
      // From 0, so that no sum is -0.
      return writer.variable(width.type, from ? width.add(zero, from) : zero);
    });
    for (const { w, x, columns } of terms) {
      const rows = writer.keep('i32', i32.add(w, i32.multiply(row, i32.constant(columns))));
      addProduct(writer, width, sums, { w: rows, x, columns });
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

/** Adds some rows of a matrix, from `w` on, times x. */
function addProduct(writer: Writer, width: Width, sums: readonly Variable[], { w, x, columns }: WholeTerm): void {
  const add = (sum: Variable, numbers: Expression, by: Expression) => {
    sum.set(width.add(sum.value, width.multiply(numbers, by)));
  };
  const line = NUMBER * columns;
  if (width === ONE) {
    writer.sweep({ from: i32.constant(0), until: i32.constant(line), step: NUMBER }, (at) => {
      for (const sum of sums) add(sum, f64.load(i32.add(w, at)), f64.load(i32.add(x, at)));
    });
    return;
  }
  const splat = (from: Expression, offset: number) =>
    writer.keep('v128', op('v128.load64_splat', `offset=${offset}`, from));
  const whole = line - (line % PAIR);
  writer.sweep({ from: i32.constant(0), until: i32.constant(whole), step: PAIR }, (at) => {
    const [numbers, from] = [w, x].map((begin) => writer.keep('i32', i32.add(begin, at)));
    const [one, other] = [splat(from, 0), splat(from, NUMBER)];
    sums.forEach((sum, v) => {
      const [a, b] = [2 * v, 2 * v + 1].map((r) => writer.keep('v128', TWO.load(numbers, r * line)));
      add(sum, low(a, b), one);
      add(sum, high(a, b), other);
    });
  });
  if (columns % 2 === 0) return;
  const by = splat(x, whole);
  sums.forEach((sum, v) => {
    const first = op('v128.load64_zero', `offset=${2 * v * line + whole}`, w);
    add(sum, op('v128.load64_lane', `offset=${(2 * v + 1) * line + whole}`, 1, w, first), by);
  });
}
