import { VECTOR, type Lanes } from './lanes.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/** Room for a list of places in a row of `size` numbers: 4 bytes each. */
export interface ListRoom {
  readonly list: number;
  readonly size: number;
}

/** Lists the places of a row's nonzero numbers, bytes from its first; returns the list's end. No branch for each: zeros may be at random places. */
export function listNonzero(lanes: Lanes, row: Expression, { list, size }: ListRoom): Expression {
  const { writer } = lanes;
  const until = writer.variable('i32', i32.constant(list));
  visitNeurons(lanes, [row], size, (at) => {
    const number = lanes.loadNumber(writer.keep('i32', i32.add(row, at)), 0);
    writer.do(op('i32.store', until.value, at));
    until.set(i32.add(until.value, i32.shiftLeft(op('f64.ne', number, f64.constant(0)), 2)));
  });
  return until.value;
}

/** Visits the nonzero numbers of some rows, neuron after neuron, given the place of each, bytes from its row's first, and its row. */
export function visitEvents(
  lanes: Lanes,
  rows: readonly Expression[],
  size: number,
  visit: (at: Expression, row: number) => void,
): void {
  const { writer } = lanes;
  visitNeurons(lanes, rows, size, (at) => {
    rows.forEach((row, k) => {
      const number = lanes.loadNumber(writer.keep('i32', i32.add(row, at)), 0);
      writer.when(op('f64.ne', number, f64.constant(0)), () => {
        visit(at, k);
      });
    });
  });
}

/** Visits neurons that may have a nonzero number in some row, given its place, bytes from its row's first: vectors of zeros are skipped. */
export function visitNeurons(
  lanes: Lanes,
  rows: readonly Expression[],
  size: number,
  visit: (at: Expression) => void,
): void {
  const { writer, bytes } = lanes;
  const whole = size * bytes - ((size * bytes) % VECTOR);
  writer.sweep({ from: i32.constant(0), until: i32.constant(whole), step: VECTOR }, (at) => {
    const vectors = rows.map((row) => lanes.load(writer.keep('i32', i32.add(row, at)), 0));
    writer.when(op('v128.any_true', vectors.reduce(lanes.or)), () => {
      for (let lane = 0; lane < VECTOR; lane += bytes) visit(writer.keep('i32', moved(at, lane)));
    });
  });
  writer.sweep({ from: i32.constant(whole), until: i32.constant(size * bytes), step: bytes }, visit);
}
