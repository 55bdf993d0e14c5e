import { scale } from './math.ts';

const LOG2_3_2_HIGH = 5.84962487220764160156e-1; // log2(3/2), in two parts
const LOG2_3_2_LOW = 1.35003920212974897128e-8;
const TWO_THIRDS_LOG2_E = 9.61796693925975554329e-1; // 2 / (3 ln 2), whole and in two parts
const TWO_THIRDS_LOG2_E_HIGH = 9.61796700954437255859e-1;
const TWO_THIRDS_LOG2_E_LOW = -7.02846165095275826516e-9;
const LN2 = 6.93147180559945286227e-1;
const LN2_HIGH = 6.93147182464599609375e-1;
const LN2_LOW = -1.90465429995776804525e-9;

const word = new DataView(new ArrayBuffer(8));

/** x with the lower half of its bits 0: the product of two such is exact. */
function upper(x: number): number {
  word.setFloat64(0, x);
  word.setUint32(4, 0);
  return word.getFloat64(0);
}

/**
 * x^y, with the same bits on every host. FDLIBM's e_pow.c (Sun, 1993): log2|x| in two parts, times y, then 2 to that.
 * As in ECMAScript, and unlike IEEE 754, 1 to an infinite power is NaN.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  const size = Math.abs(x);
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (y === Infinity || y === -Infinity) return size === 1 ? NaN : size > 1 === y > 0 ? Infinity : 0;
  const whole = Math.floor(y) === y;
  const odd = whole && Math.abs(y) < 2 ** 53 && y % 2 !== 0;
  if (size === 0 || size === Infinity) {
    const power = (size === 0) === y > 0 ? 0 : Infinity;
    return odd && (x < 0 || Object.is(x, -0)) ? -power : power;
  }
  if (x < 0 && !whole) return NaN;
  const power = size === 1 ? 1 : positivePower(size, y);
  return x < 0 && odd ? -power : power;
}

/** x^y for finite x > 0. */
function positivePower(x: number, y: number): number {
  const [high, low] = log2(x);
  const yHigh = upper(y);
  const productHigh = yHigh * high;
  const productLow = (y - yHigh) * high + y * low;
  const power = productLow + productHigh;
  if (power >= 1025) return Infinity;
  if (power <= -1076) return 0;
  return exp2(productHigh, productLow);
}

/** log2 x for x > 0, in two parts: x = 2^n a with a near 1 or 3/2, then 2 artanh s / ln 2 with s = (a - b) / (a + b). */
function log2(x: number): readonly [number, number] {
  const tiny = x < 2.2250738585072014e-308;
  word.setFloat64(0, tiny ? x * 9007199254740992 : x); // 2^53
  const head = word.getInt32(0);
  const mantissa = head & 0xfffff;
  const middle = mantissa > 0x3988e && mantissa < 0xbb67a; // sqrt(3/2) to sqrt(3)
  const up = mantissa >= 0xbb67a ? 1 : 0;
  const n = (head >> 20) - 1023 + up - (tiny ? 53 : 0);
  const top = (mantissa | 0x3ff00000) - (up << 20);
  word.setInt32(0, top);
  const a = word.getFloat64(0);
  const b = middle ? 1.5 : 1;

  const difference = a - b;
  const reciprocal = 1 / (a + b);
  const s = difference * reciprocal;
  const sHigh = upper(s);
  word.setInt32(0, ((top >> 1) | 0x20000000) + 0x80000 + (middle ? 0x40000 : 0));
  word.setInt32(4, 0);
  const sumHigh = word.getFloat64(0); // a + b in two parts
  const sumLow = a - (sumHigh - b);
  const sLow = reciprocal * (difference - sHigh * sumHigh - sHigh * sumLow);

  const z = s * s;
  const series =
    z *
      z *
      (5.99999999999994648725e-1 +
        z *
          (4.28571428578550184252e-1 +
            z *
              (3.33333329818377432918e-1 +
                z * (2.72728123808534006489e-1 + z * (2.30660745775561754067e-1 + z * 2.06975017800338417784e-1))))) +
    sLow * (sHigh + s);
  const square = sHigh * sHigh;
  const threeHigh = upper(3 + square + series);
  const threeLow = series - (threeHigh - 3 - square);
  const u = sHigh * threeHigh;
  const v = sLow * threeHigh + threeLow * s;
  const pHigh = upper(u + v);
  const pLow = v - (pHigh - u);
  const zHigh = TWO_THIRDS_LOG2_E_HIGH * pHigh;
  const zLow = TWO_THIRDS_LOG2_E_LOW * pHigh + pLow * TWO_THIRDS_LOG2_E + (middle ? LOG2_3_2_LOW : 0);
  const base = middle ? LOG2_3_2_HIGH : 0;
  const high = upper(zHigh + zLow + base + n);
  return [high, zLow - (high - n - base - zHigh)];
}

/** 2^(high + low). */
function exp2(high: number, low: number): number {
  const n = Math.floor(high + low + 0.5);
  const rest = high - n;
  const t = upper(low + rest);
  const u = t * LN2_HIGH;
  const v = (low - (t - rest)) * LN2 + t * LN2_LOW;
  const z = u + v;
  const w = v - (z - u);
  const s = z * z;
  const c =
    z -
    s *
      (1.66666666666666019037e-1 +
        s *
          (-2.7777777777015593384e-3 +
            s * (6.6137563214379343612e-5 + s * (-1.6533902205465251539e-6 + s * 4.13813679705723846039e-8))));
  return scale(1 - ((z * c) / (c - 2) - (w + z * w) - z), n);
}
