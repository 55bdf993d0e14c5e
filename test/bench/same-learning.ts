import type { ProblemFile } from '../../src/recording/problem-schema.ts';
import type { Contender } from './contenders/index.ts';
import type { Learned } from './peers/serve.ts';

/** How far contenders may be from the reference, relative to what was learned. */
const TOLERANCE = { f64: 1e-9, f32: 1e-3 } as const;

/**
 * What a weight may be off besides, relative to itself. Two trials of BPTT at N = 1000 change a weight by so little that
 * float32, which holds it to 2^-24, would pass for a wrong result without this.
 */
const ROUNDING = { f64: 0, f32: 2 ** -22 } as const;

/**
 * How far what was learned is from the reference: the largest difference of losses, relative to the largest loss, or of a
 * matrix, relative to its largest change. (To its change, not to its weights: who learned nothing has nearly right weights.)
 * Infinite where the shapes differ or something is not a number.
 *
 * @param rounding A difference of this much of the value itself counts as none.
 */
export function difference(got: Learned, reference: Learned, { network }: ProblemFile, rounding = 0): number {
  const far = (a: readonly number[], b: readonly number[], start: readonly number[]): number =>
    relative(a, b, start, rounding);
  return Math.max(
    far(got.loss, reference.loss, []),
    far(got.w_rec.flat(), reference.w_rec.flat(), network.w_rec.flat()),
    far(got.w_out.flat(), reference.w_out.flat(), network.w_out.flat()),
  );
}

/** @throws Error if a contender did not learn the same as the reference, which is called `by`. */
export function checkSame(
  { name, precision }: Contender,
  got: Learned,
  reference: Learned,
  by: string,
  problem: ProblemFile,
): void {
  const far = difference(got, reference, problem, ROUNDING[precision]);
  if (far <= TOLERANCE[precision]) return;
  throw new Error(
    `${name} does not learn the same as ${by}: they differ by ${far.toExponential(1)} of what was learned, ` +
      `and ${precision} may by ${TOLERANCE[precision].toExponential(0)}`,
  );
}

/** max |got - expected| / max |expected - start| */
function relative(
  got: readonly number[],
  expected: readonly number[],
  start: readonly number[],
  rounding: number,
): number {
  if (got.length !== expected.length) return Infinity;
  let [far, scale] = [0, 0];
  for (let k = 0; k < expected.length; k++) {
    const away = Math.abs(got[k] - expected[k]);
    if (!Number.isFinite(away)) return Infinity;
    far = Math.max(far, away - rounding * Math.abs(expected[k]));
    scale = Math.max(scale, Math.abs(expected[k] - (start[k] ?? 0)));
  }
  return far === 0 ? 0 : far / scale;
}
