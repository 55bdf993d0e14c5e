import type { Place } from './matrix.ts';
import { range } from './packing.ts';
import { f64, i32, op, type Expression, type Type } from './wat.ts';
import type { Sweep, Writer } from './writer.ts';

/** The number at pointer + offset, in both lanes; and in the first lane with 0 in the second. */
export function twice(pointer: Expression, offset = 0): Expression {
  return op('v128.load64_splat', `offset=${offset}`, pointer);
}
export function alone(pointer: Expression, offset = 0): Expression {
  return op('v128.load64_zero', `offset=${offset}`, pointer);
}

/** Arithmetic on one number, or on two at a time. */
export interface Width {
  readonly type: Type;
  readonly load: (pointer: Expression, offset: number) => Expression;
  readonly store: (pointer: Expression, offset: number, value: Expression) => Expression;
  readonly add: (a: Expression, b: Expression) => Expression;
  readonly multiply: (a: Expression, b: Expression) => Expression;
  readonly subtract: (a: Expression, b: Expression) => Expression;
  /** One number in every lane; the same from memory. */
  readonly all: (number: Expression) => Expression;
  readonly loadAll: (pointer: Expression) => Expression;
  /** The numbers at these places: one place, or two. */
  readonly gather: (places: readonly Place[]) => Expression;
}

export const ONE: Width = {
  ...{ type: 'f64', load: f64.load, add: f64.add, multiply: f64.multiply, subtract: f64.subtract },
  store: (pointer, offset, value) => op('f64.store', `offset=${offset}`, pointer, value),
  all: (number) => number,
  loadAll: f64.load,
  gather: ([{ pointer, offset }]) => f64.load(pointer, offset),
};

export const TWO: Width = {
  type: 'v128',
  load: (pointer, offset) => op('v128.load', `offset=${offset}`, 'align=8', pointer),
  store: (pointer, offset, value) => op('v128.store', `offset=${offset}`, 'align=8', pointer, value),
  add: (a, b) => op('f64x2.add', a, b),
  multiply: (a, b) => op('f64x2.mul', a, b),
  subtract: (a, b) => op('f64x2.sub', a, b),
  all: (number) => op('f64x2.splat', number),
  loadAll: twice,
  gather: ([first, { pointer, offset }]) =>
    op('v128.load64_lane', `offset=${offset}`, 1, pointer, alone(first.pointer, first.offset)),
};

/** Bytes of a number, and of a pair. */
export const [NUMBER, PAIR] = [8, 16];

export const bytesOf = (count: Expression): Expression => i32.shiftLeft(count, 3);

/** A sweep over `count` numbers, or over rows counted in the bytes of numbers. */
export function numbered(count: Expression): Sweep {
  return { from: i32.constant(0), until: bytesOf(count), step: NUMBER };
}

/** Visits `count` numbers: eight at a time, then two, then one. `at`: bytes from their start, in addition to `offset`. */
export function stream(
  writer: Writer,
  count: Expression,
  visit: (width: Width, at: Expression, offset: number) => void,
): void {
  writer.inGroups(numbered(count), [8, 2, 1], (some, at) => {
    for (const v of range(vectorsOf(some))) visit(widthOf(some), at, v * PAIR);
  });
}

/** How `count` numbers are computed: two at a time, if there are at least two; and in how many vectors. */
export const widthOf = (count: number): Width => (count === 1 ? ONE : TWO);
export const vectorsOf = (count: number): number => Math.ceil(count / 2);

/** The addresses of some rows of a matrix, the first of them row number `row` / 8. */
export function pointersTo(
  writer: Writer,
  matrix: Expression,
  row: Expression,
  columns: Expression,
  rows: number,
): readonly Expression[] {
  const bytes = bytesOf(columns);
  let pointer = writer.keep('i32', i32.add(matrix, i32.multiply(row, columns)));
  return range(rows).map((r) => (r === 0 ? pointer : (pointer = writer.keep('i32', i32.add(pointer, bytes)))));
}

/** The sum of the two numbers of a pair. */
export const total = (pair: Expression): Expression =>
  f64.add(op('f64x2.extract_lane', 0, pair), op('f64x2.extract_lane', 1, pair));

export function store(width: Width, writer: Writer, pointer: Expression, offset: number, value: Expression): void {
  writer.do(width.store(pointer, offset, value));
}
