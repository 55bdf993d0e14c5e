import { chancePlace } from '../random/index.ts';
import type { Lanes } from './lanes.ts';
import { i32, op, vector, type Expression } from './wat.ts';
import type { Writer } from './writer.ts';

/** Multipliers and shifts of src/random/chance.ts, whose bits these are. */
const ROUNDS = [
  [16, 0x21f0aaad],
  [15, 0xd35a2d97],
] as const;
const LAST = 15;

/** chanceKey of src/random: what all draws of this timestep have in common. */
export function chanceKeyOf(writer: Writer, seed: number): Expression {
  const scattered = (value: Expression): Expression => {
    let x = writer.keep('i32', value);
    const folded = (bits: number) => op('i32.xor', x, i32.shiftRight(x, bits));
    for (const [bits, factor] of ROUNDS) x = writer.keep('i32', i32.multiply(folded(bits), i32.constant(factor)));
    return writer.keep('i32', folded(LAST));
  };
  const number = op('i32.xor', i32.constant(seed), writer.get('number'));
  return scattered(op('i32.xor', scattered(number), writer.get('timestep')));
}

/** `draw` of src/random for a vector of places: 32 bits each, in f64 at the low end of each lane. */
export function drawLanes(lanes: Lanes, key: Expression, places: Expression): Expression {
  const word = (value: number) => vector(Int32Array.of(value, value, value, value).buffer);
  let x = lanes.keep(op('v128.xor', op('i32x4.splat', key), places));
  const folded = (bits: number) => op('v128.xor', x, op('i32x4.shr_u', x, i32.constant(bits)));
  for (const [bits, factor] of ROUNDS) x = lanes.keep(op('i32x4.mul', folded(bits), word(factor)));
  x = lanes.keep(folded(LAST));
  if (lanes.bytes === 4) {
    // The 23 bits that f32 holds besides the half.
    return lanes.multiply(
      lanes.add(lanes.keep(op('f32x4.convert_i32x4_u', op('i32x4.shr_u', x, i32.constant(9)))), 0.5),
      2 ** -23,
    );
  }
  const low = op('i8x16.shuffle', 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11, x, x);
  return lanes.multiply(lanes.add(lanes.keep(op('f64x2.convert_low_i32x4_u', low)), 0.5), 2 ** -32);
}

/** The places of `count` neurons or synapses, as `drawLanes` takes them: one in the low 32 bits of each number. */
export function placesOf(count: number, bytes: 4 | 8, size: number, at: (k: number) => number): Int32Array {
  const words = bytes / 4;
  const places = new Int32Array(size * words);
  for (let k = 0; k < count; k++) places[at(k) * words] = chancePlace(k);
  return places;
}
