import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { stream } from '../../src/random/index.ts';
import { periodic } from '../../src/tasks/index.ts';

interface Golden {
  readonly problem: { readonly task: { readonly target: readonly (readonly [number])[] } };
}

describe('periodic', () => {
  it("is the target of the paper's example", () => {
    const golden = JSON.parse(readFileSync('test/golden/periodic-rflo.json', 'utf8')) as Golden;
    const expected = golden.problem.task.target.map(([value]) => value);
    const { timesteps, input, target } = periodic({ period: expected.length }).trial(1, stream(1));
    expect([timesteps, input.length, target.length]).toEqual([expected.length, 0, expected.length]);
    const worst = Math.max(...expected.map((value, t) => Math.abs(value - target[t])));
    expect(worst).toBeLessThanOrEqual(4.5e-16); // sines of two libraries, each good to an ulp
  });

  it('is one period, ending where it began, and odd about its middle', () => {
    const { target } = periodic({ period: 80 }).trial(1, stream(1));
    expect(Math.abs(target[79])).toBeLessThan(1e-14);
    for (let t = 0; t < 79; t++) expect(target[t] + target[78 - t]).toBeCloseTo(0, 13);
    expect(target[19]).toBeCloseTo(1, 14); // a quarter period: 1 + 0 + 0
    expect(target[9]).toBeCloseTo(Math.SQRT1_2 + 0.5, 14); // an eighth: sin 45 + 0.5 sin 90 + 0.25 sin 180 degrees
  });

  it('has one output, no input, and the same trial whatever its number', () => {
    const task = periodic();
    expect([task.inputs, task.outputs]).toEqual([0, 1]);
    expect(task.settings).toEqual({ period: 100 });
    expect(task.trial(7, stream(1))).toEqual(task.trial(1, stream(2)));
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses a period of %s timesteps', (period) => {
    expect(() => periodic({ period })).toThrow(InputError);
    expect(() => periodic({ period })).toThrow(
      `periodic.period: ${String(period)} is not a whole number of timesteps from 1 to`,
    );
  });
});
