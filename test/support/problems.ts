import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EngineName } from '../../src/training/index.ts';
import { openProblem, problemFields, problemRunner, type ProblemFormat } from '../../src/recording/index.ts';

/** A reference vector: a problem file, and what an independent program computed for it. */
export interface Vector {
  readonly file: string;
  readonly expected: unknown;
  /** The largest |got - expected| / max(1, |expected|). */
  readonly tolerance: number;
}

/** The vectors of a set, test/golden/SET, whose files' names begin so; by name. */
export function vectorsOf(set: string, beginning = ''): readonly (readonly [string, Vector])[] {
  return vectorsIn(`../golden/${set}/`, beginning);
}

/** The vectors of test/systems/vectors, which the reference sets leave out. */
export function ownVectors(beginning: string): readonly (readonly [string, Vector])[] {
  return vectorsIn('../systems/vectors/', beginning);
}

function vectorsIn(path: string, beginning: string): readonly (readonly [string, Vector])[] {
  const directory = fileURLToPath(new URL(path, import.meta.url));
  return readdirSync(directory)
    .filter((name) => name.startsWith(beginning) && name.endsWith('.json'))
    .map((name) => {
      const file = `${directory}${name}`;
      const { expected, tolerance } = JSON.parse(readFileSync(file, 'utf8')) as Omit<Vector, 'file'>;
      return [name, { file, expected, tolerance }];
    });
}

/** What `rxflo solve` prints of a problem file, on this engine. */
export async function solved({ read }: ProblemFormat, { file }: Vector, engine: EngineName): Promise<unknown> {
  const opened = openProblem(file);
  const problem = problemFields(file, opened);
  problem.choice('format', [opened.format ?? '']);
  const solve = read(problem);
  problem.end();
  return solve(problemRunner({ engine }));
}

/** Where numbers are not within the tolerance, or something is missing: as `place: got, expected`. Integers must agree exactly. */
export function deviations(got: unknown, expected: unknown, tolerance: number, place = ''): readonly string[] {
  if (typeof expected === 'number') {
    const off = typeof got === 'number' ? Math.abs(got - expected) / Math.max(1, Math.abs(expected)) : Infinity;
    return off <= tolerance ? [] : [`${place}: ${String(got)}, ${expected}`];
  }
  if (typeof expected !== 'object' || expected === null) {
    return got === expected ? [] : [`${place}: ${String(got)}, ${String(expected)}`];
  }
  if (typeof got !== 'object' || got === null) return [`${place}: ${String(got)}, an object`];
  if (Array.isArray(expected) && (!Array.isArray(got) || got.length !== expected.length)) {
    return [`${place}: another length`];
  }
  return Object.entries(expected).flatMap(([key, value]) =>
    deviations(Reflect.get(got, key), value, tolerance, `${place}.${key}`),
  );
}
