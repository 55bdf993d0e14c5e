import type { Kernel } from './kernel.ts';
import type { Lanes } from './lanes.ts';
import { i32, op, type Expression } from './wat.ts';
import type { Writer } from './writer.ts';

/** x - x: 0 for a finite x, NaN for any other. */
export function excess(lanes: Lanes, x: Expression): Expression {
  return lanes.subtract(x, x);
}

/** Adds what a function has found to what is known to be no longer finite. */
export function addFault({ layout: { fault } }: Kernel, lanes: Lanes, found: Expression): void {
  lanes.store(i32.constant(0), fault, lanes.add(lanes.load(i32.constant(0), fault), found));
}

/** Returns `value` from the function if something has stopped being finite. */
export function returnIfFaulty({ layout }: Kernel, writer: Writer, value: Expression): void {
  writer.when(op('v128.any_true', op('v128.load', `offset=${layout.fault}`, i32.constant(0))), () => {
    writer.do(op('return', value));
  });
}
