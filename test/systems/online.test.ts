import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import online from '../../scenarios/problems/rxflo-online.ts';
import { deviations, solved, vectorsOf } from '../support/problems.ts';

beforeAll(loadKernels);

const vectors = vectorsOf('marschall');

/** Those that have kernels. */
const compiled = vectors.filter(([name]) => /^(rflo|rtrl|compartments)-/.test(name));

describe.each([
  ['actors', vectors],
  ['kernels', compiled],
] as const)('with --engine %s, online algorithms are those of an independent program:', (engine, those) => {
  it.each(those)('%s', async (_name, vector) => {
    expect(deviations(await solved(online, vector, engine), vector.expected, vector.tolerance)).toEqual([]);
  });
});
