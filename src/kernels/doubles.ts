import { Lanes } from './lanes.ts';
import { bitsOf, i32, op, type Expression } from './wat.ts';

/** The sum of c_k z^k by Horner's rule, from the highest power down to c_0. */
type Powers = readonly [number, ...number[]];

const LOG2_E = 1.4426950408889634;
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** FDLIBM's polynomial of e_exp.c and e_pow.c, from its highest power. */
const EXP_SERIES = [
  4.13813679705723846039e-8, -1.6533902205465251539e-6, 6.6137563214379343612e-5, -2.7777777777015593384e-3,
  1.66666666666666019037e-1,
] as const;
/** A double whose lowest bits hold a small whole number, once it has been added. */
const WHOLE = 6755399441055744; // 1.5 * 2^52
const SIGN = 1n << 63n;
const UPPER_HALF = 0xffffffff00000000n;
const MANTISSA = 0x000fffffffffffffn;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** Functions of two f64 lanes, operation for operation as in src/local/math.ts and pow.ts: so they give the same bits. */
export class Doubles extends Lanes {
  /** `tanh` of src/local/math.ts; one division serves both its branches. */
  tanh(x: Expression): Expression {
    const { add, subtract, multiply, divide, lesser, abs, choose, compare } = this;
    const z = abs(x);
    const large = compare('>=', z, 0.625);
    // Twice |x|, without waiting for it: a factor of 2 changes no other bit.
    const half = lesser(z, 350);
    const { r, c, whole } = this.reduced(multiply(2, half), multiply(half, 2 * LOG2_E));
    const d = subtract(2, c);
    const e = multiply(add(d, multiply(2, r)), this.shifted(whole));
    const s = multiply(z, z);
    const p = subtract(multiply(subtract(multiply(-0.9643991794250523, s), 99.28772310019185), s), 1614.6876844170845);
    const q = add(multiply(add(multiply(add(s, 112.81167849163293), s), 2235.4883906010045), s), 4844.063053251255);
    const quotient = divide(choose(large, multiply(2, d), p), choose(large, add(e, d), q));
    const small = add(z, multiply(z, multiply(s, quotient)));
    return this.or(choose(large, subtract(1, quotient), small), this.bitsAnd(x, SIGN));
  }

  exp(x: Expression): Expression {
    const { subtract, multiply, divide, choose, compare } = this;
    const { high, low, r, c, k } = this.reduced(x, multiply(x, LOG2_E));
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

  pow(x: Expression, y: Expression): Expression {
    const { multiply, negate, choose, compare, abs, floor } = this;
    const size = abs(x);
    const whole = compare('===', floor(y), y);
    const half = multiply(y, 0.5);
    const odd = this.and(this.and(whole, compare('<', abs(y), 2 ** 53)), compare('!==', floor(half), half));
    const negativeOf = (value: Expression, mask: Expression) => choose(this.and(mask, odd), negate(value), value);

    const usual = negativeOf(choose(compare('===', size, 1), 1, this.positivePower(size, y)), compare('<', x, 0));
    const rooted = choose(this.and(compare('<', x, 0), this.not(whole)), NaN, usual);

    const empty = compare('===', size, 0);
    const grows = this.same(empty, compare('>', y, 0));
    const minus = this.or(compare('<', x, 0), this.isNegativeZero(x));
    const edge = negativeOf(choose(grows, 0, Infinity), minus);
    const finite = choose(this.or(empty, compare('===', size, Infinity)), edge, rooted);

    const limit = choose(this.same(compare('>', size, 1), compare('>', y, 0)), Infinity, 0);
    const endless = choose(compare('===', size, 1), NaN, limit);
    const ordered = choose(compare('===', abs(y), Infinity), endless, finite);
    const unordered = this.or(compare('!==', x, x), compare('!==', y, y));
    return choose(compare('===', y, 0), 1, choose(unordered, NaN, ordered));
  }

  /** `positivePower` of src/local/pow.ts. */
  private positivePower(x: Expression, y: Expression): Expression {
    const { add, subtract, multiply, choose, compare } = this;
    const [high, low] = this.log2(x);
    const yHigh = this.upper(y);
    const productHigh = multiply(yHigh, high);
    const productLow = add(multiply(subtract(y, yHigh), high), multiply(y, low));
    const power = add(productLow, productHigh);
    const within = choose(compare('<=', power, -1076), 0, this.exp2(productHigh, productLow));
    return choose(compare('>=', power, 1025), Infinity, within);
  }

  /** `log2` of src/local/pow.ts, in two parts. */
  private log2(x: Expression): readonly [Expression, Expression] {
    const { add, subtract, multiply, divide, choose, compare } = this;
    const tiny = compare('<', x, SMALLEST_NORMAL);
    const normal = choose(tiny, multiply(x, 9007199254740992), x); // 2^53
    const mantissa = this.bitsAnd(normal, 0xfffffn << 32n);
    const upMask = this.bitsAbove(mantissa, 0xbb679n << 32n);
    const middle = this.and(this.bitsAbove(mantissa, 0x3988en << 32n), this.not(upMask));
    const exponent = subtract(this.small(this.shiftRight(normal, 52)), 1023);
    const n = subtract(add(exponent, choose(upMask, 1, 0)), choose(tiny, 53, 0));
    const one = this.bitsOr(mantissa, 0x3ff00000n << 32n);
    const top = this.bitsSubtract(one, this.bitsAnd(upMask, 1n << 52n));
    const a = this.or(top, this.bitsAnd(normal, 0xffffffffn));
    const b = choose(middle, 1.5, 1);

    const difference = subtract(a, b);
    const reciprocal = divide(1, add(a, b));
    const s = multiply(difference, reciprocal);
    const sHigh = this.upper(s);
    const halved = this.bitsAnd(this.shiftRight(top, 1), UPPER_HALF);
    const raised = this.bitsAdd(this.bitsOr(halved, 0x20000000n << 32n), 0x80000n << 32n);
    const sumHigh = this.bitsPlus(raised, this.bitsAnd(middle, 0x40000n << 32n));
    const sumLow = subtract(a, subtract(sumHigh, b));
    const sLow = multiply(
      reciprocal,
      subtract(subtract(difference, multiply(sHigh, sumHigh)), multiply(sHigh, sumLow)),
    );

    const z = multiply(s, s);
    const polynomial = this.horner(
      z,
      [
        2.06975017800338417784e-1, 2.30660745775561754067e-1, 2.72728123808534006489e-1, 3.33333329818377432918e-1,
        4.28571428578550184252e-1, 5.99999999999994648725e-1,
      ],
    );
    const series = add(multiply(multiply(z, z), polynomial), multiply(sLow, add(sHigh, s)));
    const square = multiply(sHigh, sHigh);
    const threeHigh = this.upper(add(add(3, square), series));
    const threeLow = subtract(series, subtract(subtract(threeHigh, 3), square));
    const u = multiply(sHigh, threeHigh);
    const v = add(multiply(sLow, threeHigh), multiply(threeLow, s));
    const pHigh = this.upper(add(u, v));
    const pLow = subtract(v, subtract(pHigh, u));
    const zHigh = multiply(9.61796700954437255859e-1, pHigh);
    const zLow = add(
      add(multiply(-7.02846165095275826516e-9, pHigh), multiply(pLow, 9.61796693925975554329e-1)),
      choose(middle, 1.35003920212974897128e-8, 0),
    );
    const base = choose(middle, 5.84962487220764160156e-1, 0);
    const high = this.upper(add(add(add(zHigh, zLow), base), n));
    return [high, subtract(zLow, subtract(subtract(subtract(high, n), base), zHigh))];
  }

  /** `exp2` of src/local/pow.ts. */
  private exp2(high: Expression, low: Expression): Expression {
    const { add, subtract, multiply, divide, floor } = this;
    const n = floor(add(add(high, low), 0.5));
    const rest = subtract(high, n);
    const t = this.upper(add(low, rest));
    const u = multiply(t, 6.93147182464599609375e-1);
    const v = add(
      multiply(subtract(low, subtract(t, rest)), 6.93147180559945286227e-1),
      multiply(t, -1.90465429995776804525e-9),
    );
    const z = add(u, v);
    const w = subtract(v, subtract(z, u));
    const s = multiply(z, z);
    const c = subtract(z, multiply(s, this.horner(s, EXP_SERIES)));
    const quotient = divide(multiply(z, c), subtract(c, 2));
    const r = subtract(subtract(quotient, add(w, multiply(z, w))), z);
    return this.scale(subtract(1, r), n);
  }

  /** x = k ln 2 + r with r = high - low, and c of FDLIBM's e_exp.c: e^r = 1 + 2 r / (2 - c). `whole` has k in its lowest bits. */
  private reduced(x: Expression, inTwos: Expression): Record<'high' | 'low' | 'r' | 'c' | 'k' | 'whole', Expression> {
    const { add, subtract, multiply } = this;
    const whole = add(inTwos, WHOLE);
    const k = subtract(whole, WHOLE);
    const high = subtract(x, multiply(k, LN2_HIGH));
    const low = multiply(k, LN2_LOW);
    const r = subtract(high, low);
    const s = multiply(r, r);
    const square = multiply(s, s);
    const [c5, c4, c3, c2, c1] = EXP_SERIES;
    const pairs = add(add(c3, multiply(s, c4)), multiply(square, c5));
    const c = subtract(r, multiply(s, add(add(c1, multiply(s, c2)), multiply(square, pairs))));
    return { high, low, r, c, k, whole };
  }

  private horner(z: Expression, [highest, ...lower]: Powers): Expression {
    const [first, ...others] = lower;
    return others.reduce((sum, c) => this.add(c, this.multiply(z, sum)), this.add(first, this.multiply(z, highest)));
  }

  /** x 2^k in two steps, as `scale` of src/local/math.ts. */
  private scale(x: Expression, k: Expression): Expression {
    const half = this.floor(this.multiply(k, 0.5));
    return this.multiply(this.multiply(x, this.powerOfTwo(half)), this.powerOfTwo(this.subtract(k, half)));
  }

  /** 2^k for whole k = -1022..1023, by its bits. */
  private powerOfTwo(k: Expression): Expression {
    return this.shifted(this.add(k, WHOLE));
  }

  /** 2^k, where the lowest bits of `whole` hold k. */
  private shifted(whole: Expression): Expression {
    return this.keep(op('i64x2.shl', this.bitsAdd(whole, 1023n), op('i32.const', 52)));
  }

  /** A whole number below 2^52, as bits, as a number. */
  private small(whole: Expression): Expression {
    return this.subtract(this.bitsOr(whole, 0x4330000000000000n), 4503599627370496); // 2^52
  }

  /** x with the lower half of its bits 0. */
  private upper(x: Expression): Expression {
    return this.bitsAnd(x, UPPER_HALF);
  }

  private isNegativeZero(x: Expression): Expression {
    return this.bitwise('i64x2.eq', x, this.bits(SIGN));
  }

  /** A mask: where two masks agree. */
  private same(a: Expression, b: Expression): Expression {
    return this.bitwise('i64x2.eq', a, b);
  }

  private shiftRight(x: Expression, by: number): Expression {
    return this.keep(op('i64x2.shr_u', x, op('i32.const', by)));
  }

  private bitsAbove(x: Expression, limit: bigint): Expression {
    return this.bitwise('i64x2.gt_s', x, this.bits(limit));
  }

  private bitsPlus(x: Expression, y: Expression): Expression {
    return this.bitwise('i64x2.add', x, y);
  }

  private bitsAdd(x: Expression, addend: bigint): Expression {
    return this.bitwise('i64x2.add', x, this.bits(addend));
  }

  private bitsSubtract(x: Expression, y: Expression): Expression {
    return this.bitwise('i64x2.sub', x, y);
  }

  private bitsAnd(x: Expression, mask: bigint): Expression {
    return this.bitwise('v128.and', x, this.bits(mask));
  }

  private bitsOr(x: Expression, mask: bigint): Expression {
    return this.bitwise('v128.or', x, this.bits(mask));
  }

  private bitsXor(x: Expression, mask: bigint): Expression {
    return this.bitwise('v128.xor', x, this.bits(mask));
  }

  /**
   * Constants come from memory: a function has more of them than there are registers, and making one takes longer than loading it. Each is loaded once
   * for all vectors that are computed side by side.
   */
  override constant(value: number): Expression {
    return this.bits(bitsOf(value));
  }

  /** The same 64 bits in both lanes. */
  private bits(value: bigint): Expression {
    const address = this.memory.vector(value);
    return this.writer.once('v128', op('v128.load', `offset=${address}`, i32.constant(0)));
  }
}
