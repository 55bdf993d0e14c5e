import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { goldenFiles } from '../support/golden.ts';
import { host, ROOT, rxflo } from './command.ts';

type Numbers = number | null | readonly Numbers[];
interface Result {
  readonly loss: readonly number[];
  readonly alignment: readonly (number | null)[];
  readonly w_in: Numbers;
  readonly w_rec: Numbers;
  readonly w_out: Numbers;
}
interface Vector {
  readonly problem: { readonly learning: { readonly trials: number } };
  readonly expected: Partial<Result>;
  readonly tolerance: number;
}

const golden = join(ROOT, 'test/golden');

/** The largest |got - expected| / max(1, |expected|) over two nested lists of one shape. */
function difference(got: Numbers, expected: Numbers): number {
  if (typeof got === 'number' && typeof expected === 'number') {
    return Math.abs(got - expected) / Math.max(1, Math.abs(expected));
  }
  if (got === null && expected === null) return 0;
  if (!Array.isArray(got) || !Array.isArray(expected) || got.length !== expected.length) return Infinity;
  const [a, b]: readonly Numbers[][] = [got, expected];
  return a.reduce<number>((largest, value, i) => Math.max(largest, difference(value, b[i])), 0);
}

const one = host();
afterAll(one.end);

describe('rxflo solve', () => {
  test('there are reference vectors', () => {
    expect(goldenFiles.length).toBeGreaterThanOrEqual(9);
  });

  test.each(goldenFiles)('%s is within its tolerance', async (name) => {
    const { status, stdout, stderr } = await one.rxflo(golden, 'solve', name, '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { problem, expected, tolerance } = JSON.parse(readFileSync(join(golden, name), 'utf8')) as Vector;
    const result = JSON.parse(stdout) as Result;
    expect(Object.keys(result)).toEqual(['loss', 'alignment', 'w_in', 'w_rec', 'w_out']);
    expect(result.loss).toHaveLength(problem.learning.trials);
    for (const [field, wanted] of Object.entries(expected) as [keyof Result, Numbers][]) {
      expect(difference(result[field], wanted), field).toBeLessThanOrEqual(tolerance);
    }
    // Full precision: what was printed, read and printed again, is the same text.
    expect(stdout).toBe(`${JSON.stringify(result)}\n`);
  });

  test('prints the same numbers over several lines without --json', async () => {
    const [one, many] = await Promise.all([
      rxflo(golden, 'solve', 'rflo-trial.json', '--json'),
      rxflo(golden, 'solve', 'rflo-trial.json', '--engine', 'actors'),
    ]);
    expect(many.stdout).toContain('\n');
    expect(JSON.parse(many.stdout)).toEqual(JSON.parse(one.stdout));
  });
});
