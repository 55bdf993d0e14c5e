import { Lanes } from './lanes.ts';
import { op, type Expression } from './wat.ts';

/** A single whose lowest bits hold a small whole number after that has been added. */
const WHOLE = 12582912; // 1.5 * 2^23
const LOG2_E = 1.4426950408889634;
/** ln 2 in two parts; the high one has so few bits that k times it is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/** Functions of four f32 lanes (Moshier, Cephes tanhf.c and expf.c), within 2 ulp of a single. */
export class Singles extends Lanes {
  tanh(x: Expression): Expression {
    const { add, subtract, multiply, divide, lesser, abs, choose, compare } = this;
    const z = abs(x);
    const { fraction, k } = this.reduced(lesser(multiply(2, z), 40)); // tanh is 1 well before that
    const large = subtract(1, divide(2, add(multiply(fraction, this.powerOfTwo(k)), 1)));
    const s = multiply(z, z);
    const series = this.horner(
      s,
      [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
    );
    const small = add(z, multiply(z, multiply(s, series)));
    const sign = this.and(x, this.keep(op('i32x4.splat', op('i32.const', '0x80000000'))));
    return this.or(choose(compare('>=', z, 0.625), large, small), sign);
  }

  exp(x: Expression): Expression {
    const { subtract, multiply, floor, choose, compare } = this;
    const { fraction, k } = this.reduced(x);
    // In two steps, so that the smallest and the largest results are reachable.
    const half = floor(multiply(k, 0.5));
    const scaled = multiply(multiply(fraction, this.powerOfTwo(half)), this.powerOfTwo(subtract(k, half)));
    const within = choose(compare('<', x, -103.97208), 0, scaled);
    return choose(compare('>', x, 88.72283), Infinity, within);
  }

  /** e^x = fraction * 2^k. */
  private reduced(x: Expression): { readonly fraction: Expression; readonly k: Expression } {
    const { add, subtract, multiply, floor } = this;
    const k = floor(add(multiply(x, LOG2_E), 0.5));
    const r = subtract(subtract(x, multiply(k, LN2_HIGH)), multiply(k, LN2_LOW));
    const series = this.horner(
      r,
      [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
    );
    return { fraction: add(add(multiply(multiply(r, r), series), r), 1), k };
  }

  private horner(z: Expression, [highest, ...lower]: readonly number[]): Expression {
    return lower.reduce((sum, c) => this.add(this.multiply(sum, z), c), this.keep(this.constant(highest)));
  }

  /** 2^k for whole k = -126..127, by its bits. */
  private powerOfTwo(k: Expression): Expression {
    const biased = op('i32x4.add', this.add(k, WHOLE), op('i32x4.splat', op('i32.const', 127)));
    return this.keep(op('i32x4.shl', biased, op('i32.const', 23)));
  }
}
