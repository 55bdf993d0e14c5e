import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

it('weights whose rate is 0 have their part in what is carried, and stay as they are', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rxflo-rates-'));
  const { problem } = JSON.parse(readFileSync('test/golden/marschall/uoro-started-online.json', 'utf8')) as Document;
  const { learning, network } = problem;
  const solvedAt = async (w_in: number) => {
    const file = join(directory, `${w_in}.json`);
    const rates = { ...learning.rates, w_in };
    writeFileSync(file, JSON.stringify({ problem: { ...problem, learning: { ...learning, rates } } }));
    return (await solved(online, { file, expected: {}, tolerance: 0 }, 'actors')) as Weights;
  };
  try {
    const still = await solvedAt(0);
    expect(still.w_in).toEqual(network.w_in);
    expect(still.w_rec).toEqual((await solvedAt(Number.MIN_VALUE)).w_rec);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

type Weights = Readonly<Record<'w_rec' | 'w_in', number[][]>>;

interface Document {
  readonly problem: {
    readonly network: Weights;
    readonly learning: { readonly rates: Readonly<Record<string, number>> };
  };
}
