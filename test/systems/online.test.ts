import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import online from '../../scenarios/problems/rxflo-online.ts';
import { deviations, solved, vectorsOf } from '../support/problems.ts';

beforeAll(loadKernels);

const vectors = vectorsOf('marschall');

describe.each(['actors', 'kernels'] as const)(
  'with --engine %s, online algorithms are those of an independent program:',
  (engine) => {
    it.each(vectors)('%s', async (_name, vector) => {
      expect(deviations(await solved(online, vector, engine), vector.expected, vector.tolerance)).toEqual([]);
    });
  },
);
