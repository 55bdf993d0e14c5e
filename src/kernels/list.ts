import { VECTOR, type Lanes } from './lanes.ts';
import { f64, i32, op, type Expression } from './wat.ts';
import { moved } from './writer.ts';

/** Room for a list of places in a row of `size` numbers: 4 bytes each. */
export interface ListRoom {
  readonly list: number;
  readonly size: number;
}

/** Lists where the numbers of a row are that are not 0, bytes from its first; gives back where the list ends. Without a branch for each: which are 0 may be random. */
export function listNonzero(lanes: Lanes, row: Expression, { list, size }: ListRoom): Expression {
  const { writer, bytes } = lanes;
  const until = writer.variable('i32', i32.constant(list));
  const one = (at: Expression) => {
    const number = lanes.loadNumber(writer.keep('i32', i32.add(row, at)), 0);
    writer.do(op('i32.store', until.value, at));
    until.set(i32.add(until.value, i32.shiftLeft(op('f64.ne', number, f64.constant(0)), 2)));
  };
  const whole = size * bytes - ((size * bytes) % VECTOR);
  writer.sweep({ from: i32.constant(0), until: i32.constant(whole), step: VECTOR }, (at) => {
    writer.when(op('v128.any_true', lanes.load(writer.keep('i32', i32.add(row, at)), 0)), () => {
      for (let lane = 0; lane < VECTOR; lane += bytes) one(writer.keep('i32', moved(at, lane)));
    });
  });
  writer.sweep({ from: i32.constant(whole), until: i32.constant(size * bytes), step: bytes }, one);
  return until.value;
}
