import { range } from './packing.ts';
import { f64, i32, op, type Expression, type Type } from './wat.ts';
import type { Writer } from './writer.ts';

/** Arithmetic on one number, or on two at a time. */
export interface Width {
  readonly type: Type;
  readonly load: (pointer: Expression, offset: number) => Expression;
  readonly store: (pointer: Expression, offset: number, value: Expression) => Expression;
  readonly add: (a: Expression, b: Expression) => Expression;
  readonly multiply: (a: Expression, b: Expression) => Expression;
  readonly subtract: (a: Expression, b: Expression) => Expression;
  /** One number, as often as it is wide. */
  readonly all: (number: Expression) => Expression;
}

export const ONE: Width = {
  ...{ type: 'f64', load: f64.load, add: f64.add, multiply: f64.multiply, subtract: f64.subtract },
  store: (pointer, offset, value) => op('f64.store', `offset=${offset}`, pointer, value),
  all: (number) => number,
};

export const TWO: Width = {
  type: 'v128',
  load: (pointer, offset) => op('v128.load', `offset=${offset}`, 'align=8', pointer),
  store: (pointer, offset, value) => op('v128.store', `offset=${offset}`, 'align=8', pointer, value),
  add: (a, b) => op('f64x2.add', a, b),
  multiply: (a, b) => op('f64x2.mul', a, b),
  subtract: (a, b) => op('f64x2.sub', a, b),
  all: (number) => op('f64x2.splat', number),
};

/** Bytes of a number, of a pair, and of what is done in one round of a loop. */
export const [NUMBER, PAIR, ROUND] = [8, 16, 64];

export const bytesOf = (count: Expression): Expression => i32.shiftLeft(count, 3);
export const below = (bytes: Expression, step: number): Expression => op('i32.and', bytes, i32.constant(-step));
/** Visits `count` numbers: eight at a time, then two, then one. `at`: bytes from where they begin, besides `offset`. */
export function stream(
  writer: Writer,
  count: Expression,
  visit: (width: Width, at: Expression, offset: number) => void,
): void {
  const bytes = writer.keep('i32', bytesOf(count));
  const rounds = writer.keep('i32', below(bytes, ROUND));
  const pairs = writer.keep('i32', below(bytes, PAIR));
  writer.sweep({ from: i32.constant(0), until: rounds, step: ROUND }, (at) => {
    for (const v of range(ROUND / PAIR)) visit(TWO, at, v * PAIR);
  });
  writer.sweep({ from: rounds, until: pairs, step: PAIR }, (at) => {
    visit(TWO, at, 0);
  });
  writer.sweep({ from: pairs, until: bytes, step: NUMBER }, (at) => {
    visit(ONE, at, 0);
  });
}

/** Visits rows: as many together as these say, the most first. `row`: bytes of as many numbers as there are rows before. */
export function rowsTogether(
  writer: Writer,
  count: Expression,
  together: readonly number[],
  visit: (rows: number, row: Expression) => void,
): void {
  const bytes = writer.keep('i32', bytesOf(count));
  let from = i32.constant(0);
  for (const rows of together) {
    const until = rows === 1 ? bytes : writer.keep('i32', below(bytes, rows * NUMBER));
    writer.sweep({ from, until, step: rows * NUMBER }, (row) => {
      visit(rows, row);
    });
    from = until;
  }
}

/** Where some rows of a matrix begin, the first of them `row` / 8. */
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

export function store(width: Width, writer: Writer, pointer: Expression, offset: number, value: Expression): void {
  writer.do(width.store(pointer, offset, value));
}
