import { describe, expect, it } from 'vitest';
import { linoid, logistic, pseudoDerivative, readLocal, softplus } from '../../src/local/index.ts';

const POINTS = [
  -1e6, -800, -709.7, -40, -3, -0.26, -0.25, -0.1, -1e-9, 0, 1e-9, 0.2, 0.25, 0.26, 1, 5, 40, 709.7, 800, 1e6,
];

/** Written with the host's own functions: right to 1e-12 and no better. */
const sigma = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
/** x / (1 - e^-x) and its slope; near 0 by x / 2 coth(x / 2). */
const linoidTruth = (x: number) => (x === 0 ? 1 : -x / Math.expm1(-x));
const linoidSlope = (x: number) => {
  if (Math.abs(x) < 0.01) return 0.5 + x / 6;
  if (x < -700) return 0;
  const below = -Math.expm1(-x);
  return (below - x * Math.exp(-x)) / (below * below);
};

describe.each([
  ['logistic', ({ u }: { u: number }) => logistic(u), logistic, sigma, (x: number) => sigma(x) * sigma(-x)],
  [
    'softplus',
    ({ u }: { u: number }) => softplus(u),
    softplus,
    (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    sigma,
  ],
  ['linoid', ({ u }: { u: number }) => linoid(u), linoid, linoidTruth, linoidSlope],
] as const)('%s', (_, written, f, truth, slope) => {
  const local = readLocal('test', 'f', written, { shape: { u: 'summed input' } });
  const derived = local.derivative('slope', 'u').compileNumber();

  it('is what its text says, in a local function and out of one', () => {
    const compiled = local.compileNumber();
    for (const u of POINTS) {
      expect(compiled({ u })).toBe(f(u));
      expect(Math.abs(f(u) - truth(u))).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(u)));
    }
  });

  it('has the derivative that it should have, everywhere', () => {
    for (const u of POINTS) expect(Math.abs(derived({ u }) - slope(u)), `at ${u}`).toBeLessThan(1e-13);
  });
});

describe('pseudoDerivative', () => {
  const local = readLocal('test', 'f', ({ s, u }: { s: number; u: number }) => pseudoDerivative(s, u / 2), {
    shape: { s: 'parameter', u: 'summed input' },
  });
  const compiled = local.compileNumber();

  it.each([
    ['triangle', 0, (d: number) => Math.max(0, 1 - d)],
    ['exponential', 1, (d: number) => Math.exp(-d)],
    ['fast sigmoid', 2, (d: number) => 1 / ((1 + d) * (1 + d))],
    ['arctan', 3, (d: number) => 1 / (1 + d * d)],
  ] as const)('%s, in a local function and out of one', (_, surrogate, truth) => {
    for (const u of POINTS) {
      expect(compiled({ s: surrogate, u })).toBe(pseudoDerivative(surrogate, u / 2));
      expect(Math.abs(pseudoDerivative(surrogate, u) - truth(Math.abs(u)))).toBeLessThanOrEqual(1e-15);
    }
  });
});
