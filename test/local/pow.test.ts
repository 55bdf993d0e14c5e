import { describe, expect, it } from 'vitest';
import { pow } from '../../src/local/index.ts';
import { stream } from '../../src/random/index.ts';
import { exactPow, ulpsApart } from './exact.ts';

describe('pow', () => {
  const random = stream(1);
  const between = (low: number, high: number) => low + (high - low) * random();
  const points: Readonly<Record<string, (i: number) => readonly [number, number]>> = {
    'small powers of all sizes': () => [2 ** between(-40, 40), between(-20, 20)],
    'large powers of what is near 1': () => [1 + between(-1e-3, 1e-3), between(-5e5, 5e5)],
    'whole powers': () => [between(0, 10), Math.floor(between(-20, 20))],
    'what overflows nearly, or is subnormal': () => {
      const y = between(1, 60);
      return [2 ** (between(1000, 1023.9) / y), random() < 0.5 ? y : -1.04 * y];
    },
    'where log2 changes its formula': (i) => [
      [Math.sqrt(1.5), Math.sqrt(3), 2, 1][i % 4] * (1 + between(-1e-9, 1e-9)),
      3.7,
    ],
  };

  it.each(Object.entries(points))('is within 2 ulp of the true power: %s', (_, point) => {
    let worst = 0;
    for (let i = 0; i < 4000; i++) {
      const [x, y] = point(i);
      const ulps = ulpsApart(pow(x, y), exactPow(x, y));
      if (!(ulps <= worst)) worst = ulps;
    }
    expect(worst).toBeLessThan(2);
  });

  it('is that of ECMAScript at every special value', () => {
    const special = [
      0,
      -0,
      1,
      -1,
      2,
      -2,
      0.5,
      -0.5,
      3,
      -3,
      1.5,
      2 ** 53 + 2,
      -1e300,
      1e300,
      5e-324,
      Infinity,
      -Infinity,
      NaN,
    ];
    for (const [x, y] of special.flatMap((base) => special.map((power) => [base, power] as const))) {
      const [own, host] = [pow(x, y), Math.pow(x, y)];
      const near = Math.abs(own - host) <= 4e-16 * Math.abs(host);
      expect([x, y, near && host !== 0 ? host : own]).toEqual([x, y, host]);
    }
  });
});
