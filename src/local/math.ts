/**
 * The functions that local functions may use, with the same bits on every host.
 *
 * ECMAScript leaves the last bits of Math.tanh, Math.exp and Math.log to the host. These are built from +, -, *, / and
 * exact scaling alone, which IEEE 754 fixes, so they give the same bits when compiled for other engines.
 * Within 2 ulp of the true value.
 */

/** Exact in every host: IEEE 754 or ECMAScript fixes each bit. */
export const { sqrt, abs, min, max, sign, floor } = Math;

const LOG2_E = 1.4426950408889634;
/** ln 2 in two parts; the high one has 32 trailing zero bits, so k * LN2_HIGH is exact. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** 2^k for k = -600..600, each made from its bits: ECMAScript leaves even 2 ** k to the host. */
const POWERS_OF_TWO = new Float64Array(
  BigUint64Array.from({ length: 1201 }, (_, i) => BigInt(i - 600 + 1023) << 52n).buffer,
);

/** x 2^k for k = -1200..1200, in two steps, so that subnormal results are reached. */
export function scale(x: number, k: number): number {
  const half = k >> 1;
  return x * POWERS_OF_TWO[half + 600] * POWERS_OF_TWO[k - half + 600];
}

/** A double whose lowest bits hold a small whole number once that has been added: adding and taking it away rounds to whole numbers. */
const WHOLE = 6755399441055744; // 1.5 * 2^52

/** c of FDLIBM's e_exp.c (Sun, 1993): e^r = 1 + 2 r / (2 - c) for |r| <= ln 2 / 2. Summed in pairs, which wait less for one another. */
function remainder(r: number): number {
  const s = r * r;
  const square = s * s;
  const low = 1.66666666666666019037e-1 + s * -2.7777777777015593384e-3;
  const high = 6.6137563214379343612e-5 + s * -1.6533902205465251539e-6 + square * 4.13813679705723846039e-8;
  return r - s * (low + square * high);
}

/** e^x. Reduction x = k ln 2 + r with |r| <= ln 2 / 2, then the rational form of FDLIBM's e_exp.c. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = x * LOG2_E + WHOLE - WHOLE;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const c = remainder(r);
  return scale(1 - (low - (r * c) / (2 - c) - high), k);
}

/**
 * Hyperbolic tangent: a rational function near 0 (Moshier, Cephes tanh.c); elsewhere 1 - 2 / (e^2|x| + 1), where e^2|x| is e / d in the
 * rational form of `exp`, so that one division is enough.
 */
export function tanh(x: number): number {
  const z = Math.abs(x);
  if (z >= 0.625) {
    const y = Math.min(2 * z, 700); // the result is 1 already far below this
    const k = y * LOG2_E + WHOLE - WHOLE;
    const r = y - k * LN2_HIGH - k * LN2_LOW;
    const d = 2 - remainder(r);
    const e = scale(d + 2 * r, k);
    const size = 1 - (2 * d) / (e + d);
    return x < 0 ? -size : size;
  }
  const s = x * x;
  const p = (-0.9643991794250523 * s - 99.28772310019185) * s - 1614.6876844170845;
  const q = ((s + 112.81167849163293) * s + 2235.4883906010045) * s + 4844.063053251255;
  return x === 0 ? x : x + x * (s * (p / q)); // the sum would lose the sign of -0
}

const word = new DataView(new ArrayBuffer(8));

/** Natural logarithm: x = 2^k (1 + f), then the series of FDLIBM's e_log.c (Sun, 1993). NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x < 0 ? NaN : x;
  const normal = x < 2.2250738585072014e-308 ? x * 18014398509481984 : x; // 2^54
  word.setFloat64(0, normal);
  const head = word.getInt32(0);
  const mantissa = head & 0xfffff;
  // Bring the mantissa into [sqrt(2)/2, sqrt(2)).
  const up = (mantissa + 0x95f64) & 0x100000;
  word.setInt32(0, mantissa | (up ^ 0x3ff00000));
  const k = (head >> 20) - 1023 + (up >> 20) - (normal === x ? 0 : 54);
  const f = word.getFloat64(0) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (odd + even)) + k * LN2_LOW) - f);
}
