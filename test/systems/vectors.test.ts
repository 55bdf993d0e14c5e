import { beforeAll, describe, expect, it } from 'vitest';
import fixedPoint from '../../scenarios/problems/rosenbaum-fixed-point.ts';
import plasticity from '../../scenarios/problems/rosenbaum-meta-plasticity.ts';
import coding from '../../scenarios/problems/rosenbaum-predictive-coding.ts';
import reservoir from '../../scenarios/problems/rosenbaum-supertrex.ts';
import online from '../../scenarios/problems/rxflo-online.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { deviations, ownVectors, solved } from '../support/problems.ts';

beforeAll(loadKernels);

// What the reference vectors leave out, from a program written for it (NumPy, float64) from the specifications alone.
describe.each([
  ['pc-', coding],
  ['compartments-', online],
  ['fixed-point-', fixedPoint],
  ['supertrex-', reservoir],
  ['meta-', plasticity],
] as const)('problems %s*', (beginning, format) => {
  it.each(ownVectors(beginning))('%s is met, on both engines with the same bits', async (_, vector) => {
    const [actors, kernels] = [await solved(format, vector, 'actors'), await solved(format, vector, 'kernels')];
    // As it is printed: what is not a number is null, as the cosine with a gradient of 0 is.
    const printed = JSON.stringify(actors);
    expect(deviations(JSON.parse(printed), vector.expected, vector.tolerance)).toEqual([]);
    expect(JSON.stringify(kernels)).toBe(printed);
  });
});
