import { chancePlace } from '../random/index.ts';
import type { Lanes } from './lanes.ts';
import { range } from './packing.ts';
import { i32, op, shuffle, vector, type Expression } from './wat.ts';
import { numbered, ONE, PAIR, store, TWO } from './widths.ts';
import type { Writer } from './writer.ts';

/** Multipliers and shifts of src/random/chance.ts, whose bits these are. */
const ROUNDS = [
  [16, 0x21f0aaad],
  [15, 0xd35a2d97],
] as const;
const LAST = 15;
/** The multiplier that scatters places. */
const PLACE = 0x9e3779b9;

/** chanceKey of src/random, shared by all draws of this timestep. */
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

const word = (value: number) => vector(Int32Array.of(value, value, value, value).buffer);

/** `mix` of src/random: four words of 32 bits. */
function mixed(writer: Writer, words: Expression): Expression {
  let x = writer.keep('v128', words);
  const folded = (bits: number) => op('v128.xor', x, op('i32x4.shr_u', x, i32.constant(bits)));
  for (const [bits, factor] of ROUNDS) x = writer.keep('v128', op('i32x4.mul', folded(bits), word(factor)));
  return writer.keep('v128', folded(LAST));
}

/** The two low words as numbers in (0, 1). */
function inDoubles(words: Expression): Expression {
  const [half, unit] = [0.5, 2 ** -32].map((number) => vector(Float64Array.of(number, number).buffer));
  return op('f64x2.mul', op('f64x2.add', op('f64x2.convert_low_i32x4_u', words), half), unit);
}

/** `draw` of src/random for a vector of places: 32 bits each, in f64 at the low end of each lane. */
export function drawLanes(lanes: Lanes, key: Expression, places: Expression): Expression {
  const x = mixed(lanes.writer, op('v128.xor', op('i32x4.splat', key), places));
  if (lanes.bytes === 4) {
    // The 23 bits that f32 holds in addition to the half.
    return lanes.multiply(
      lanes.add(lanes.keep(op('f32x4.convert_i32x4_u', op('i32x4.shr_u', x, i32.constant(9)))), 0.5),
      2 ** -23,
    );
  }
  return lanes.keep(inDoubles(shuffle(x, x, [0, 2, 0, 2])));
}

/** chances(key, into, count): four places at a time, then one. */
export function writeChances(writer: Writer, key: Expression, into: Expression, count: Expression): void {
  const words = (at: (k: number) => number) => vector(Int32Array.from(range(4), (k) => Math.imul(at(k), PLACE)).buffer);
  const common = writer.keep('v128', op('i32x4.splat', key));
  const first = words((k) => k + 1);
  const place = writer.variable('v128', first);
  writer.inGroups(numbered(count), [4, 1], (some, at) => {
    const x = mixed(writer, op('v128.xor', common, mixed(writer, place.value)));
    const next = words(() => some);
    place.set(op('i32x4.add', place.value, next));
    const to = writer.keep('i32', i32.add(into, at));
    if (some === 1) {
      store(ONE, writer, to, 0, op('f64x2.extract_lane', 0, inDoubles(x)));
      return;
    }
    store(TWO, writer, to, 0, inDoubles(x));
    store(TWO, writer, to, PAIR, inDoubles(shuffle(x, x, [2, 3, 2, 3])));
  });
}

/** The places of `count` neurons or synapses for `drawLanes`: one in the low 32 bits of each number. */
export function placesOf(count: number, bytes: 4 | 8, size: number, at: (k: number) => number): Int32Array {
  const words = bytes / 4;
  const places = new Int32Array(size * words);
  for (let k = 0; k < count; k++) places[at(k) * words] = chancePlace(k);
  return places;
}
