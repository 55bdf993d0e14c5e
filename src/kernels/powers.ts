import { Doubles, EXP_SERIES, SMALLEST_NORMAL } from './doubles.ts';
import type { Expression } from './wat.ts';

const UPPER_HALF = 0xffffffff00000000n;
const SIGN = 1n << 63n;

/** x^y on two f64 lanes, operation for operation as in src/local/pow.ts, so that it gives the same bits. */
export class Powers extends Doubles {
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

  /** x with the lower half of its bits set to 0. */
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

  private bitsAbove(x: Expression, limit: bigint): Expression {
    return this.bitwise('i64x2.gt_s', x, this.bits(limit));
  }

  private bitsPlus(x: Expression, y: Expression): Expression {
    return this.bitwise('i64x2.add', x, y);
  }

  private bitsSubtract(x: Expression, y: Expression): Expression {
    return this.bitwise('i64x2.sub', x, y);
  }
}
