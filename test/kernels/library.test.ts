import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { LIBRARY } from '../../src/local/graph/library.ts';
import { detach, spike, type FunctionName } from '../../src/local/index.ts';
import { stream, type Stream } from '../../src/random/index.ts';
import { exactExp, exactLog, exactTanh, ulpsApart, type Binary } from '../local/exact.ts';
import { expectBits } from '../support/agreement.ts';
import { anyBits, around, between, ofEverySize, range } from '../support/points.ts';
import { applyInKernel } from './apply.ts';

beforeAll(loadKernels);

const MILLION = 1_000_000;
const LN2 = Math.LN2;
const SPECIAL = [
  ...[0, 5e-324, 2.2250738585072014e-308, 1e-300, 0.5, 1, 1.5, 2, 3, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 2 ** 53 + 2],
  ...[2 ** 63, 1e300, Number.MAX_VALUE, Infinity],
].flatMap((x) => [x, -x]);

/** Numbers whose upper halves are 1 + n / 2^20, times a power of two: there log and pow change their formulas. */
const withUpper = (n: number, random: Stream): number[] =>
  range(1000).map((k) => (1 + (n + random()) / 2 ** 20) * 2 ** (k < 500 ? 0 : Math.floor(2040 * random()) - 1020));
const CHANGES = [0x3988e, 0x6a09c, 0xbb67a].flatMap((n) => [n - 1, n, n + 1]);

/** A million arguments: all sizes, and thickly where a function changes its formula, overflows, or is near 0. */
function manyArguments(): Float64Array {
  const random = stream(1);
  const points = [
    ...SPECIAL,
    NaN,
    ...anyBits(200_000, random),
    ...ofEverySize(200_000, -1074, 1022, random),
    ...ofEverySize(100_000, -60, 10, random),
    ...around([0.625, -0.625, 350, 354.891356446692, 709.782712893384, -745.1332191019412, -708.3964185322641], 4000),
    ...around([1, -1, 2, Math.SQRT2, Math.SQRT1_2, Math.sqrt(1.5), Math.sqrt(3), 2.2250738585072014e-308], 4000),
    ...around(range(2098).map((i) => (i - 1074 + 0.5) * LN2)),
    ...around(range(60).flatMap((k) => [(k + 0.5) * (LN2 / 2), -(k + 0.5) * (LN2 / 2)])),
    ...between(100_000, -745.2, 709.8, random),
    ...range(500).map((i) => (i + 1) * 5e-324),
    ...CHANGES.flatMap((n) => withUpper(n, random)),
  ];
  return Float64Array.from([...points, ...between(MILLION - points.length, -25, 25, random)]);
}

/** As many second arguments: any, whole, half, those that bring x^y to where it overflows or is subnormal, and x itself. */
function seconds(x: Float64Array): Float64Array {
  const random = stream(2);
  const [any, sizes] = [anyBits(x.length, random), ofEverySize(x.length, -10, 12, random)];
  return x.map((value, i) => {
    switch (i % 8) {
      case 0:
        return any[i];
      case 1:
        return Math.floor(40 * random()) - 20;
      case 2:
        return Math.floor(40 * random()) / 2 - 10;
      case 3:
        return (2200 * random() - 1100) / Math.log2(Math.abs(value));
      case 4:
        return (1024 + 0.1 * random()) / Math.log2(Math.abs(value));
      case 5:
        return (-1074 + 53 * random()) / Math.log2(Math.abs(value));
      case 6:
        return random() < 0.5 ? value : SPECIAL[Math.floor(random() * SPECIAL.length)];
      default:
        return sizes[i];
    }
  });
}

describe('kernels compute with every bit of the actors, at a million points,', () => {
  const x = manyArguments();
  const y = seconds(x);

  it.each(['tanh', 'exp', 'log', 'sqrt', 'abs', 'sign', 'floor'] as const)('%s', (name) => {
    expect(x.length).toBe(MILLION);
    expectBits(name, applyInKernel(name, x), x.map(LIBRARY[name]));
  });

  it.each([
    ['spike', (value: number) => spike(value, 0)],
    ['detach', detach],
  ] as const)('%s', (name, f) => {
    const some = Float64Array.of(...SPECIAL, NaN, -NaN, 5e-324, -5e-324, -0, ...x.subarray(0, 100_000));
    expectBits(name, applyInKernel(name, some), some.map(f));
    const singles = Float32Array.from(some);
    expectBits(name, Float64Array.from(applyInKernel(name, singles)), Float64Array.from(singles, f));
  });

  it.each(['pow', 'min', 'max'] as const)('%s', (name) => {
    const f = LIBRARY[name];
    expectBits(
      name,
      applyInKernel(name, x, y),
      x.map((value, i) => f(value, y[i])),
    );
    const pairs = SPECIAL.concat(NaN).flatMap((a) => SPECIAL.concat(NaN).map((b) => [a, b] as const));
    const [a, b] = [0, 1].map((side) => Float64Array.from(pairs, (pair) => pair[side]));
    expectBits(
      name,
      applyInKernel(name, a, b),
      a.map((value, i) => f(value, b[i])),
    );
  });
});

describe('kernels are within 2 ulp of the true value, at a hundred thousand points,', () => {
  const random = stream(3);
  const points = {
    tanh: () => [
      ...between(40_000, -1, 1, random),
      ...between(20_000, -22, 22, random),
      ...ofEverySize(20_000, -1074, 10, random),
      ...around([0.625, -0.625], 5000),
    ],
    exp: () => [
      ...between(50_000, -745.13, 709.78, random),
      ...between(20_000, -745.13, -708.39, random), // subnormal results
      ...ofEverySize(20_000, -60, 8, random),
      ...around(
        range(2097).map((i) => (i - 1074 + 0.5) * LN2),
        2,
      ).filter((x) => x < 709.78), // where k changes
      ...between(7_000, -1, 1, random),
    ],
    log: () => [
      ...ofEverySize(50_000, -1074, 1022, random).map(Math.abs),
      ...between(30_000, 0.5, 2, random),
      ...ofEverySize(15_000, -54, -2, random).map((d) => 1 + d), // near 1, where the value is near 0
      ...around(
        range(1600).map((i) => Math.SQRT1_2 * 2 ** (i - 800)),
        2,
      ), // where k changes
      ...between(5_000, 0, 3e-308, random),
    ],
  } satisfies Partial<Record<FunctionName, () => number[]>>;
  const exact: Readonly<Record<keyof typeof points, (x: number) => Binary>> = {
    tanh: exactTanh,
    exp: exactExp,
    log: exactLog,
  };

  it.each(['tanh', 'exp', 'log'] as const)('%s', (name) => {
    // Where the true value is 0, there is no unit in its last place.
    const x = Float64Array.from(points[name]().filter((value) => value !== (name === 'log' ? 1 : 0)));
    expect(x.length).toBeGreaterThan(99_000);
    const got = applyInKernel(name, x);
    let worst = 0;
    x.forEach((value, i) => {
      const ulps = ulpsApart(got[i], exact[name](value));
      if (!(ulps <= worst)) worst = ulps;
    });
    expect(worst).toBeLessThanOrEqual(2);
    // The reference would show it, were it off: no function is right to the last bit at every one of them.
    expect(worst).toBeGreaterThan(0.5);
  });
});

describe('in f32 kernels are within 2 ulp of a single, at a million points,', () => {
  const ulpOf = (x: number) => 2 ** Math.max(Math.floor(Math.log2(Math.abs(x))) - 23, -149);

  it.each(['tanh', 'exp', 'log'] as const)('%s', (name) => {
    const random = stream(4, name);
    const own =
      name === 'log'
        ? [...between(200_000, 0.5, 2, random), ...between(500_000, 0, 1e38, random)]
        : [...between(200_000, -1, 1, random), ...between(500_000, -88.5, 88.5, random)];
    const sizes = ofEverySize(300_000, -149, 8, random).map((value) => (name === 'log' ? Math.abs(value) : value));
    const x = Float32Array.from([...sizes, ...own]).filter((value) => value !== 0);
    const got = applyInKernel(name, x);
    let [worst, at] = [0, 0];
    x.forEach((value, i) => {
      const truth = LIBRARY[name](value);
      if (Object.is(truth, got[i]) || Math.abs(truth) > 3.4e38) return;
      const ulps = Math.abs(got[i] - truth) / ulpOf(truth);
      if (!(ulps <= worst)) [worst, at] = [ulps, value];
    });
    expect(worst, `at ${at}`).toBeLessThanOrEqual(2);
    expect(worst).toBeGreaterThan(0.4);
  });

  it.each(['tanh', 'exp', 'log', 'sqrt', 'abs', 'sign', 'floor'] as const)('with the special values of %s', (name) => {
    const x = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 1e-45, -1e-45, 3e38, -3e38, 89, -104, 100, -100);
    const expected = Float32Array.from(x, LIBRARY[name]);
    expectBits(name, Float64Array.from(applyInKernel(name, x)), Float64Array.from(expected));
  });
});
