import type { MemoryPlan } from './memory.ts';
import { f64, high, i32, low, op, shuffle, vector, type Expression } from './wat.ts';
import { memo, type Writer } from './writer.ts';

/** How numbers are stored and computed: f64 gives the same bits as the actors; f32 does not, but is faster. */
export type Precision = 'f64' | 'f32';

/** An existing vector, or one number for all lanes. */
export type Operand = Expression | number;

/** Bytes of one vector: two numbers in f64, four in f32. */
export const VECTOR = 16;

/** Lanes of a vector if a number takes `bytes` bytes. */
export function lanesOf(bytes: 4 | 8): number {
  return VECTOR / bytes;
}

/** One number that takes `bytes` bytes, as f64. */
export function loadNumber(bytes: 4 | 8, pointer: Expression, offset: number): Expression {
  if (bytes === 8) return f64.load(pointer, offset);
  return op('f64.promote_f32', op('f32.load', `offset=${offset}`, pointer));
}

/** Writes vector arithmetic: every operation is one SIMD instruction, done for all lanes, and rounds as IEEE 754 says. */
export class Lanes {
  /** Bytes of one number. */
  readonly bytes: 4 | 8;
  private readonly shape: 'f64x2' | 'f32x4';
  /** A number in every lane. ('-0' is separate, because a map does not distinguish -0 from 0.) */
  private readonly filled = memo((value: number | '-0') =>
    vector((this.bytes === 8 ? new Float64Array(2) : new Float32Array(4)).fill(Number(value)).buffer),
  );

  constructor(
    readonly writer: Writer,
    readonly precision: Precision,
    readonly memory: MemoryPlan,
  ) {
    this.bytes = precision === 'f64' ? 8 : 4;
    this.shape = precision === 'f64' ? 'f64x2' : 'f32x4';
  }

  add = (a: Operand, b: Operand): Expression => this.arithmetic('add', a, b);
  subtract = (a: Operand, b: Operand): Expression => this.arithmetic('sub', a, b);
  /** Multiplying by 1 gives the other factor. */
  multiply = (a: Operand, b: Operand): Expression => {
    if (a === 1) return this.keep(this.read(b));
    return b === 1 ? this.keep(this.read(a)) : this.arithmetic('mul', a, b);
  };
  /** Dividing by a power of two multiplies by its reciprocal, which is just as exact, and faster. */
  divide = (a: Operand, b: Operand): Expression =>
    typeof b === 'number' && isPowerOfTwo(b) ? this.multiply(a, 1 / b) : this.arithmetic('div', a, b);
  min = (a: Operand, b: Operand): Expression => this.extreme('min', a, b);
  max = (a: Operand, b: Operand): Expression => this.extreme('max', a, b);
  /** b < a ? b : a in one instruction, where `min` takes seven to get NaN and -0 right. */
  lesser = (a: Operand, b: Operand): Expression => this.arithmetic('pmin', a, b);
  /** a < b ? b : a. */
  greater = (a: Operand, b: Operand): Expression => this.arithmetic('pmax', a, b);
  negate = (a: Operand): Expression => this.arithmetic('neg', a);
  abs = (a: Operand): Expression => this.arithmetic('abs', a);
  sqrt = (a: Operand): Expression => this.arithmetic('sqrt', a);
  floor = (a: Operand): Expression => this.arithmetic('floor', a);

  /** A mask: all bits of a lane are 1 if the comparison is true, otherwise 0. */
  compare = (operator: keyof typeof COMPARISONS, a: Operand, b: Operand): Expression =>
    this.arithmetic(COMPARISONS[operator], a, b);

  /** `yes` in the lanes where the mask is set, `no` in the others: three instructions, or one if all bits of either operand are 0. */
  choose = (mask: Expression, yes: Operand, no: Operand): Expression => {
    if (Object.is(no, 0)) return this.bitwise('v128.and', yes, mask);
    if (Object.is(yes, 0)) return this.bitwise('v128.andnot', no, mask);
    return this.bitwise('v128.bitselect', yes, no, mask);
  };
  /** -x in the lanes where the mask is set, x in the others. */
  negateWhere = (mask: Expression, x: Operand): Expression =>
    this.bitwise('v128.xor', x, this.and(mask, this.constant(-0)));
  and = (a: Expression, b: Expression): Expression => this.bitwise('v128.and', a, b);
  or = (a: Expression, b: Expression): Expression => this.bitwise('v128.or', a, b);
  not = (a: Expression): Expression => this.bitwise('v128.not', a);

  /** The sum of some numbers, in their order; of none: 0. */
  sum(parts: readonly Operand[]): Operand {
    const [first = 0, ...others] = parts;
    return others.reduce(this.add, first);
  }

  /** The vector at pointer + offset. */
  load = (pointer: Expression, offset: number): Expression =>
    this.keep(op('v128.load', `offset=${offset}`, `align=${this.bytes}`, pointer));

  /** The vector at a constant address. */
  loadOwn = (address: number): Expression => this.load(i32.constant(0), address);

  /** The number at pointer + offset, in every lane. */
  loadSplat = (pointer: Expression, offset: number): Expression =>
    this.keep(op(`v128.load${8 * this.bytes}_splat`, `offset=${offset}`, pointer));

  store = (pointer: Expression, offset: number, value: Operand): void => {
    this.writer.do(op('v128.store', `offset=${offset}`, `align=${this.bytes}`, pointer, this.read(value)));
  };

  /** One number at pointer + offset, as f64. */
  loadNumber(pointer: Expression, offset: number): Expression {
    return loadNumber(this.bytes, pointer, offset);
  }

  /** Stores one f64 number. */
  storeNumber(pointer: Expression, offset: number, value: Expression): void {
    const [type, number] = this.bytes === 8 ? ['f64', value] : ['f32', op('f32.demote_f64', value)];
    this.writer.do(op(`${type}.store`, `offset=${offset}`, pointer, number));
  }

  /** A mask of the first lanes. */
  first(count: number): Expression {
    return vector(new Uint8Array(VECTOR).fill(0xff, 0, count * this.bytes).buffer);
  }

  /** Two vectors (four in f32), transposed: lane k of vector l becomes lane l of vector k. */
  turned([a, b, c, d]: readonly Expression[]): readonly Expression[] {
    const halves = (x: Expression, y: Expression) => [this.keep(low(x, y)), this.keep(high(x, y))];
    if (this.bytes === 8) return halves(a, b);
    const mixed = (x: Expression, y: Expression, words: readonly number[]) => this.keep(shuffle(x, y, words));
    const [first, last] = [
      [0, 4, 1, 5],
      [2, 6, 3, 7],
    ].map((words) => halves(mixed(a, b, words), mixed(c, d, words)));
    return [...first, ...last];
  }

  /** The sum of all lanes, as f64. */
  total(x: Expression): Expression {
    const lane = (k: number) => op(`${this.shape}.extract_lane ${k}`, x);
    const lanes = Array.from({ length: lanesOf(this.bytes) }, (_, k) => lane(k));
    return lanes.map((one) => (this.bytes === 8 ? one : op('f64.promote_f32', one))).reduce(f64.add);
  }

  /** x - x: 0 for a finite x, NaN for any other. */
  excess = (x: Operand): Expression => this.subtract(x, x);

  /** One f64 number in every lane. */
  splat(value: Expression): Expression {
    return this.keep(op(`${this.shape}.splat`, this.bytes === 8 ? value : op('f32.demote_f64', value)));
  }

  keep(value: Expression): Expression {
    return this.writer.keep('v128', value);
  }

  read(operand: Operand): Expression {
    return typeof operand === 'number' ? this.constant(operand) : operand;
  }

  constant(value: number): Expression {
    return this.filled(Object.is(value, -0) ? '-0' : value);
  }

  /** An operation on the bits. */
  protected bitwise(operation: string, ...operands: readonly Operand[]): Expression {
    return this.keep(op(operation, ...operands.map((operand) => this.read(operand))));
  }

  /**
   * With a constant limit, `pmin` and `pmax` do in one instruction what takes `min` and `max` seven: they return x if it is NaN or equal to the
   * limit. Only max(-0, 0), which must be 0, differs: adding 0 corrects it and changes no other number. For the unusual limit -0, all seven are used.
   */
  private extreme(which: 'min' | 'max', a: Operand, b: Operand): Expression {
    const [x, limit] = typeof a === 'number' ? [b, a] : [a, b];
    if (typeof limit !== 'number' || Number.isNaN(limit) || Object.is(limit, -0)) return this.arithmetic(which, a, b);
    const found = this.arithmetic(`p${which}`, x, limit);
    return which === 'max' && limit === 0 ? this.add(found, 0) : found;
  }

  private arithmetic(operation: string, ...operands: readonly Operand[]): Expression {
    return this.bitwise(`${this.shape}.${operation}`, ...operands);
  }
}

const COMPARISONS = { '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', '===': 'eq', '!==': 'ne' } as const;

/** Whether a number is 2^k, and its reciprocal a normal number in both precisions. */
function isPowerOfTwo(value: number): boolean {
  const k = Math.log2(Math.abs(value));
  return Math.abs(k) <= 100 && Math.abs(value) === 2 ** Math.round(k);
}
