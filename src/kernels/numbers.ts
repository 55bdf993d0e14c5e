import type { Kernel } from './kernel.ts';
import { f64, op, type Expression } from './wat.ts';

/** Stores one f64 number in the kernel's precision. */
export function storeNumber(
  { layout }: Kernel,
  write: (statement: Expression) => void,
  pointer: Expression,
  offset: number,
  value: Expression,
): void {
  const [type, number] = layout.bytes === 8 ? ['f64', value] : ['f32', op('f32.demote_f64', value)];
  write(op(`${type}.store`, `offset=${offset}`, pointer, number));
}

/** Loads one number of the kernel's precision as f64. */
export function loadNumber({ layout }: Kernel, pointer: Expression, offset: number): Expression {
  return layout.bytes === 8
    ? f64.load(pointer, offset)
    : op('f64.promote_f32', op('f32.load', `offset=${offset}`, pointer));
}
