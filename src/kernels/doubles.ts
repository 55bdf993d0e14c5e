import { Lanes } from './lanes.ts';
import { bitsOf, i32, op, type Expression } from './wat.ts';

/** The sum of c_k z^k by Horner's rule, from the highest power down to c_0. */
type Coefficients = readonly [number, ...number[]];

const LOG2_E = 1.4426950408889634;
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** FDLIBM's polynomial of e_exp.c and e_pow.c, from its highest power. */
export const EXP_SERIES = [
  4.13813679705723846039e-8, -1.6533902205465251539e-6, 6.6137563214379343612e-5, -2.7777777777015593384e-3,
  1.66666666666666019037e-1,
] as const;
/** A double whose lowest bits hold a small whole number after that has been added. */
const WHOLE = 6755399441055744; // 1.5 * 2^52
/** Added to k, it makes the exponent of 2^(k - 1). It is even, so that numbers halfway between two whole numbers are rounded as without it. */
const BIAS = 1022;
const SIGN = 1n << 63n;
const MANTISSA = 0x000fffffffffffffn;
export const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** The parts of a function of x: each part after the first gets the results of the one before, and the last one returns the value. */
export type Parts = readonly ((x: Expression, given: readonly Expression[]) => readonly Expression[])[];

/** Functions of two f64 lanes, operation for operation as in src/local/math.ts, so that they give the same bits. */
export class Doubles extends Lanes {
  /**
   * `tanh` of src/local/math.ts, in parts. One division serves both branches: of two numerators, denominators or results, `lesser` or `greater`
   * selects the right one. If x is large, the other one becomes NaN, which both ignore; if not, it is known which of the two is less. Compared with
   * the numbers there, r and d are halved, and e is a quarter, which changes no other bit.
   */
  readonly tanhParts: Parts = [
    (x) => {
      const { add, subtract, multiply, lesser, abs } = this;
      const half = lesser(abs(x), 350);
      const whole = add(multiply(half, 2 * LOG2_E), WHOLE + BIAS);
      const k = subtract(whole, WHOLE + BIAS);
      const r = subtract(subtract(half, multiply(k, LN2_HIGH / 2)), multiply(k, LN2_LOW / 2));
      return [r, this.shifted(whole)];
    },
    (_, [r, power]) => {
      const { add, subtract, multiply } = this;
      const d = subtract(1, this.remainder(r, 1));
      const e = multiply(add(d, add(r, r)), power);
      return [d, add(e, multiply(d, 0.5))];
    },
    (x, [d, sum]) => {
      const { add, subtract, multiply, divide, lesser, greater } = this;
      const { s, large } = this.square(x);
      const p = subtract(
        multiply(subtract(multiply(-0.9643991794250523, s), 99.28772310019185), s),
        1614.6876844170845,
      );
      const q = add(multiply(add(multiply(add(s, 112.81167849163293), s), 2235.4883906010045), s), 4844.063053251255);
      return [divide(lesser(d, this.or(p, large)), greater(sum, this.or(q, large)))];
    },
    (x, [quotient]) => {
      const { add, subtract, multiply, lesser } = this;
      const { s, large } = this.square(x);
      const small = add(x, multiply(x, multiply(s, quotient)));
      return [this.or(lesser(subtract(1, quotient), this.or(small, large)), this.bitsAnd(x, SIGN))];
    },
  ];

  exp(x: Expression): Expression {
    const { add, subtract, multiply, divide, choose, compare } = this;
    const k = subtract(add(multiply(x, LOG2_E), WHOLE), WHOLE);
    const high = subtract(x, multiply(k, LN2_HIGH));
    const low = multiply(k, LN2_LOW);
    const r = subtract(high, low);
    const c = this.remainder(r, 0);
    const quotient = divide(multiply(r, c), subtract(2, c));
    const fraction = subtract(1, subtract(subtract(low, quotient), high));
    const within = choose(compare('<', x, -745.1332191019412), 0, this.scale(fraction, k));
    return choose(compare('>', x, 709.782712893384), Infinity, within);
  }

  log(x: Expression): Expression {
    const { add, subtract, multiply, divide, choose, compare } = this;
    const tiny = compare('<', x, SMALLEST_NORMAL);
    const normal = choose(tiny, multiply(x, 18014398509481984), x); // 2^54
    const up = this.bitsAnd(this.bitsAdd(this.bitsAnd(normal, 0xfffffn << 32n), 0x95f64n << 32n), 0x100000n << 32n);
    const one = this.bitsXor(up, 0x3ff00000n << 32n);
    const f = subtract(this.or(this.bitsAnd(normal, MANTISSA), one), 1);
    const exponent = add(subtract(this.small(this.shiftRight(normal, 52)), 1023), this.small(this.shiftRight(up, 52)));
    const k = subtract(exponent, choose(tiny, 54, 0));
    const s = divide(f, add(2, f));
    const z = multiply(s, s);
    const w = multiply(z, z);
    const odd = multiply(
      z,
      this.horner(
        w,
        [1.479819860511658591e-1, 1.818357216161805012e-1, 2.857142874366239149e-1, 6.66666666666673513e-1],
      ),
    );
    const even = multiply(
      w,
      this.horner(w, [1.531383769920937332e-1, 2.222219843214978396e-1, 3.999999999940941908e-1]),
    );
    const half = multiply(multiply(0.5, f), f);
    const inner = add(multiply(s, add(half, add(odd, even))), multiply(k, LN2_LOW));
    const finite = subtract(multiply(k, LN2_HIGH), subtract(subtract(half, inner), f));
    const outside = choose(compare('===', x, 0), -Infinity, choose(compare('<', x, 0), NaN, x));
    return choose(this.and(compare('>', x, 0), compare('!==', x, Infinity)), finite, outside);
  }

  /** c 2^-n of FDLIBM's e_exp.c, given r 2^-n: e^r = 1 + 2 r / (2 - c). */
  private remainder(r: Expression, n: 0 | 1): Expression {
    const { add, subtract, multiply } = this;
    const s = multiply(r, r);
    const square = multiply(s, s);
    const [c5, c4, c3, c2, c1] = EXP_SERIES.map((c, k) => c * (1 << (n * (9 - 2 * k))));
    const pairs = add(add(c3, multiply(s, c4)), multiply(square, c5));
    return subtract(r, multiply(s, add(add(c1, multiply(s, c2)), multiply(square, pairs))));
  }

  /** x^2, and a mask where |x| is 0.625 or more: exactly there x^2 is, after rounding, 0.625^2 or more. */
  private square(x: Expression): { readonly s: Expression; readonly large: Expression } {
    const s = this.multiply(x, x);
    return { s, large: this.compare('>=', s, 0.625 ** 2) };
  }

  protected horner(z: Expression, [highest, ...lower]: Coefficients): Expression {
    const [first, ...others] = lower;
    return others.reduce((sum, c) => this.add(c, this.multiply(z, sum)), this.add(first, this.multiply(z, highest)));
  }

  /** x 2^k in two steps, as `scale` of src/local/math.ts. */
  protected scale(x: Expression, k: Expression): Expression {
    const half = this.floor(this.multiply(k, 0.5));
    return this.multiply(this.multiply(x, this.powerOfTwo(half)), this.powerOfTwo(this.subtract(k, half)));
  }

  /** 2^k for whole k = -1022..1023, by its bits. */
  private powerOfTwo(k: Expression): Expression {
    return this.shifted(this.bitsAdd(this.add(k, WHOLE), 1023n));
  }

  /** 2^(n - 1023), if the lowest bits hold n. */
  private shifted(x: Expression): Expression {
    return this.keep(op('i64x2.shl', x, op('i32.const', 52)));
  }

  /** Converts a whole number below 2^52 from its bits. */
  protected small(whole: Expression): Expression {
    return this.subtract(this.bitsOr(whole, 0x4330000000000000n), 4503599627370496); // 2^52
  }

  protected shiftRight(x: Expression, by: number): Expression {
    return this.keep(op('i64x2.shr_u', x, op('i32.const', by)));
  }

  protected bitsAdd(x: Expression, addend: bigint): Expression {
    return this.bitwise('i64x2.add', x, this.bits(addend));
  }

  protected bitsAnd(x: Expression, mask: bigint): Expression {
    return this.bitwise('v128.and', x, this.bits(mask));
  }

  protected bitsOr(x: Expression, mask: bigint): Expression {
    return this.bitwise('v128.or', x, this.bits(mask));
  }

  private bitsXor(x: Expression, mask: bigint): Expression {
    return this.bitwise('v128.xor', x, this.bits(mask));
  }

  /**
   * Constants come from memory: a function has more of them than there are registers, and making one takes longer than loading it. Each is loaded
   * once for all vectors that are computed in parallel.
   */
  override constant(value: number): Expression {
    return this.bits(bitsOf(value));
  }

  /** The same 64 bits in both lanes. */
  protected bits(value: bigint): Expression {
    const address = this.memory.vector(value);
    return this.writer.once('v128', op('v128.load', `offset=${address}`, i32.constant(0)));
  }
}
