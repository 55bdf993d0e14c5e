/** A piece of WebAssembly text with a value. */
export type Expression = string;
export type Type = 'i32' | 'f64' | 'v128';

/** Variables of a kernel's module, which are exported. */
export const GLOBALS = {
  /** The number of the current trial, from 1. */
  number: 'i32',
  /** The current timestep, from 1; 0 before the first. In a circuit that repeats, the sweep, counted from the start of the trial. */
  timestep: 'i32',
  /** For a circuit that repeats: the timestep, from 1; its sweep, from 0; 1 in the last sweep of a timestep, otherwise 0. */
  sample: 'i32',
  sweep: 'i32',
  last: 'i32',
  /** Timesteps of the session before the trial. */
  before: 'f64',
  /** The address of the window of the latest timestep: see `Frames`. */
  window: 'i32',
  /** Where the next timestep's input and target begin. */
  input: 'i32',
  target: 'i32',
  /** Where lists of events may be written. */
  events: 'i32',
  /** Where rows are kept for learning by history, and the bytes of a line of neurons for all timesteps: see `Kept`. */
  kept: 'i32',
  span: 'i32',
  /** T; 1 in the last trial of a batch, otherwise 0. */
  length: 'f64',
  due: 'f64',
  /** The sum of squared errors so far in this trial: f64 in every precision. */
  score: 'f64',
  /** The same before the latest timestep. */
  scored: 'f64',
  /** With schedule 'online', while synapses of inactive axons may lag behind: T/pace; otherwise 0. */
  lagging: 'f64',
  /** The factor of changes that are applied at once; 0: nothing is learned. */
  pace: 'f64',
} as const;
export type Global = keyof typeof GLOBALS;

/** `(operation operand operand ...)`, concatenated with +, so that the text of a whole module is copied once, and not again at each level. */
export function op(operation: string, ...operands: readonly (Expression | number)[]): Expression {
  let text = `(${operation}`;
  for (const operand of operands) text += ` ${operand}`;
  return `${text})`;
}

/** A number of 32 bits: an address, a count or a truth value. */
export const i32 = {
  constant: (value: number): Expression => op('i32.const', value),
  add: (a: Expression, b: Expression): Expression => op('i32.add', a, b),
  subtract: (a: Expression, b: Expression): Expression => op('i32.sub', a, b),
  multiply: (a: Expression, b: Expression): Expression => op('i32.mul', a, b),
  divide: (a: Expression, b: Expression): Expression => op('i32.div_u', a, b),
  remainder: (a: Expression, b: Expression): Expression => op('i32.rem_u', a, b),
  shiftLeft: (a: Expression, bits: number): Expression => op('i32.shl', a, i32.constant(bits)),
  shiftRight: (a: Expression, bits: number): Expression => op('i32.shr_u', a, i32.constant(bits)),
  or: (a: Expression, b: Expression): Expression => op('i32.or', a, b),
  less: (a: Expression, b: Expression): Expression => op('i32.lt_s', a, b),
  load: (pointer: Expression, offset = 0): Expression => op('i32.load', `offset=${offset}`, pointer),
};

/** A number of the kernels' own globals and of the task's trials. */
export const f64 = {
  constant: (value: number): Expression =>
    op('f64.reinterpret_i64', op('i64.const', `0x${bitsOf(value).toString(16)}`)),
  add: (a: Expression, b: Expression): Expression => op('f64.add', a, b),
  subtract: (a: Expression, b: Expression): Expression => op('f64.sub', a, b),
  multiply: (a: Expression, b: Expression): Expression => op('f64.mul', a, b),
  load: (pointer: Expression, offset = 0): Expression => op('f64.load', `offset=${offset}`, pointer),
};

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);

/** All bits of a float64. */
export function bitsOf(value: number): bigint {
  double[0] = value;
  return bits[0];
}

/** A vector constant, by its bytes. */
export function vector(bytes: ArrayBuffer): Expression {
  return op('v128.const', 'i32x4', ...Array.from(new Uint32Array(bytes), (word) => `0x${word.toString(16)}`));
}

/** Four words of 32 bits of two vectors: 0 to 3 are those of a, 4 to 7 those of b. */
export function shuffle(a: Expression, b: Expression, words: readonly number[]): Expression {
  const bytes = words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));
  return op('i8x16.shuffle', ...bytes, a, b);
}

/** The first halves of two vectors; the second ones. */
export const low = (a: Expression, b: Expression): Expression => shuffle(a, b, [0, 1, 4, 5]);
export const high = (a: Expression, b: Expression): Expression => shuffle(a, b, [2, 3, 6, 7]);

export function copyMemory(into: Expression, from: Expression, bytes: number): Expression {
  return op('memory.copy', into, from, i32.constant(bytes));
}

export function clearMemory(address: number, bytes: number): Expression {
  return op('memory.fill', i32.constant(address), i32.constant(0), i32.constant(bytes));
}
