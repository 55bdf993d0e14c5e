import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { solveOnline, type OnlineProblem, type OnlineResult } from '../../scenarios/problems/online.ts';

const DIRECTORY = new URL('../golden/marschall/', import.meta.url);

interface Vector {
  readonly problem: OnlineProblem;
  readonly expected: OnlineResult;
  readonly tolerance: number;
}

const vectors = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.json') && !name.startsWith('compartments'))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8')) as Vector] as const);

/** The largest |got - expected| / max(1, |expected|), wherever it is. */
function farthest(got: unknown, expected: unknown): number {
  if (typeof expected === 'number') {
    const difference = typeof got === 'number' ? Math.abs(got - expected) / Math.max(1, Math.abs(expected)) : NaN;
    return Number.isFinite(difference) ? difference : Infinity;
  }
  if (typeof expected !== 'object' || expected === null || typeof got !== 'object' || got === null) return Infinity;
  const [one, other] = [Object.entries(got), Object.entries(expected)];
  if (one.length !== other.length) return Infinity;
  return Math.max(0, ...other.map(([key, value]) => farthest(Reflect.get(got, key), value)));
}

describe('online algorithms are those of an independent program:', () => {
  it.each(vectors)('%s', (_name, { problem, expected, tolerance }) => {
    expect(farthest(solveOnline(problem), expected)).toBeLessThan(tolerance);
  });
});
