/**
 * exp, tanh and log to 200 bits and more, in whole numbers alone: the truth that float64 implementations are held to.
 *
 * Fixed point: a bigint n stands for n / 2^BITS.
 */
const BITS = 280;
const ONE = 1n << BigInt(BITS);

/** The real number mantissa 2^exponent. */
export interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const word = new DataView(new ArrayBuffer(8));

/** A finite float64 as the real number it is. */
export function binary(x: number): Binary {
  word.setFloat64(0, x);
  const head = word.getUint32(0);
  const biased = (head >>> 20) & 0x7ff;
  const fraction = (BigInt(head & 0xfffff) << 32n) | BigInt(word.getUint32(4));
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: head >>> 31 ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

/** e^x = 2^k e^r with r = x - k ln 2, and e^r by its Taylor series. */
export function exactExp(x: number): Binary {
  const value = fixed(binary(x));
  const k = round(value, LN2);
  return { mantissa: expSeries(value - k * LN2), exponent: Number(k) - BITS };
}

/** tanh z = (1 - e^-2z) / (1 + e^-2z); where that loses digits, z - z^3/3 + 2z^5/15, whose next term is below 2^-184 z. */
export function exactTanh(x: number): Binary {
  const { mantissa, exponent } = binary(x);
  if (Math.abs(x) < 2 ** -31) {
    const square = times(fixed({ mantissa, exponent }), fixed({ mantissa, exponent }));
    return { mantissa: mantissa * (ONE - square / 3n + (2n * times(square, square)) / 15n), exponent: exponent - BITS };
  }
  const { mantissa: m, exponent: e } = exactExp(-2 * Math.abs(x));
  const q = fixed({ mantissa: m, exponent: e });
  const size = ((ONE - q) * ONE) / (ONE + q);
  return { mantissa: x < 0 ? -size : size, exponent: -BITS };
}

/** log x = k log 2 + 2 artanh((f - 1) / (f + 1)) with x = 2^k f and f in [1/2, 2). */
export function exactLog(x: number): Binary {
  const { mantissa, exponent } = binary(x);
  // Near 1 the power must be 0 on both sides, or the sum would lose its digits.
  const k = x > 0.5 && x < 2 ? 0 : bitLength(mantissa) + exponent;
  const f = fixed({ mantissa, exponent: exponent - k });
  // f is near n/64, whose logarithm is at hand: the smaller the rest, the shorter its series.
  const n = Number((f + (ONE >> 7n)) >> BigInt(BITS - 6));
  const near = BigInt(n) << BigInt(BITS - 6);
  return { mantissa: BigInt(k) * LN2 + LOGS[n] + artanhTwice(((f - near) * ONE) / (f + near)), exponent: -BITS };
}

/** |got - true| in units in the last place of a float64 of the true value's size. */
export function ulpsApart(got: number, truth: Binary): number {
  const { mantissa, exponent } = binary(got);
  const common = Math.min(exponent, truth.exponent);
  const at = ({ mantissa: m, exponent: e }: Binary) => m << BigInt(e - common);
  const difference = at({ mantissa, exponent }) - at(truth);
  const ulp = Math.max(bitLength(truth.mantissa) + truth.exponent - 53, -1074);
  const scaled = common - ulp;
  // Sixty bits more than the unit, so that parts of it are seen.
  const parts = scaled + 60 >= 0 ? difference << BigInt(scaled + 60) : difference >> BigInt(-scaled - 60);
  return Math.abs(Number(parts)) / 2 ** 60;
}

const LN2 = artanhTwice(ONE / 3n); // ln 2 = 2 artanh(1/3)
/** log(n / 64), for n = 32 to 128. */
const LOGS = Array.from({ length: 129 }, (_, n) =>
  n < 32 ? 0n : artanhTwice((BigInt(n - 64) * ONE) / BigInt(n + 64)),
);

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> BigInt(BITS);
}

function fixed({ mantissa, exponent }: Binary): bigint {
  const shift = exponent + BITS;
  return shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
}

/** a / b to the nearest whole number. */
function round(a: bigint, b: bigint): bigint {
  const doubled = 2n * a + b;
  const quotient = doubled / (2n * b);
  return doubled < 0n && quotient * 2n * b !== doubled ? quotient - 1n : quotient;
}

function bitLength(n: bigint): number {
  const digits = (n < 0n ? -n : n).toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28;
}

/** e^r = (e^(r / 2^12))^(2^12): the smaller the power, the shorter its series; 12 of the bits are lost. */
function expSeries(r: bigint): bigint {
  const small = r >> 12n;
  let [sum, term] = [0n, ONE];
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    sum += term;
    term = times(term, small) / n;
  }
  for (let k = 0; k < 12; k++) sum = times(sum, sum);
  return sum;
}

/** 2 artanh s = 2 (s + s^3/3 + s^5/5 + ...). */
function artanhTwice(s: bigint): bigint {
  const square = times(s, s);
  let [sum, power] = [0n, s];
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = times(power, square);
  }
  return 2n * sum;
}

/** x^y = e^(y log x) for x > 0. */
export function exactPow(x: number, y: number): Binary {
  const value = times(exactLog(x).mantissa, fixed(binary(y)));
  const k = round(value, LN2);
  return { mantissa: expSeries(value - k * LN2), exponent: Number(k) - BITS };
}
