import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readProblem, type Problem } from '../../src/recording/index.ts';

/** A reference vector: a problem and what an independent implementation computed for it. */
export interface GoldenVector {
  readonly problem: Problem;
  readonly expected: {
    /** Per trial. */
    readonly loss: readonly number[];
    /** After each trial. */
    readonly alignment: readonly number[];
    readonly w_in: readonly (readonly number[])[];
    readonly w_rec: readonly (readonly number[])[];
    readonly w_out: readonly (readonly number[])[];
  };
  /** The largest |got - expected| / max(1, |expected|) allowed. */
  readonly tolerance: number;
}

const directory = fileURLToPath(new URL('../golden/', import.meta.url));

/** The names of all reference vectors. Beside them are the digests of what the engines computed, which are none. */
export const goldenFiles: readonly string[] = readdirSync(directory).filter(
  (name) => name.endsWith('.json') && name !== 'digests.json',
);

export function readGolden(name: string): GoldenVector {
  const file = `${directory}${name}`;
  const { expected, tolerance } = JSON.parse(readFileSync(file, 'utf8')) as Omit<GoldenVector, 'problem'>;
  return { problem: readProblem(file), expected, tolerance };
}

/** The largest |got - expected| / max(1, |expected|); infinite where the lengths differ or something is not a number. */
export function goldenDifference(got: ArrayLike<number | null>, expected: readonly number[]): number {
  if (got.length !== expected.length) return Infinity;
  const each = expected.map((value, k) => Math.abs((got[k] ?? NaN) - value) / Math.max(1, Math.abs(value)));
  return each.every(Number.isFinite) ? Math.max(0, ...each) : Infinity;
}
