import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import type { ProblemFormat } from '../../src/recording/index.ts';
import online from '../../scenarios/problems/rxflo-online.ts';
import spiking from '../../scenarios/problems/rxflo-spiking.ts';
import { solved } from '../support/problems.ts';

const directory = mkdtempSync(join(tmpdir(), 'rxflo-without-inputs-'));
beforeAll(loadKernels);
afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Problem {
  readonly network: Readonly<Record<string, unknown>> & { readonly w_rec: number[][] };
  readonly task: { readonly target: number[][] };
}

/** The problem of a vector with its inputs replaced by `inputs` silent ones. */
function withInputs(vector: string, inputs: number, changed: object) {
  const { problem } = JSON.parse(readFileSync(`test/golden/${vector}.json`, 'utf8')) as { readonly problem: Problem };
  const rows = (all: number[][], value: number) => all.map(() => new Array<number>(inputs).fill(value));
  const { network, task } = problem;
  return {
    ...problem,
    network: { ...network, ...changed, w_in: rows(network.w_rec, 0.3) },
    task: { ...task, input: rows(task.target, 0) },
  };
}

async function solve(format: ProblemFormat, problem: object, engine: 'actors' | 'kernels') {
  const file = join(directory, 'problem.json');
  writeFileSync(file, JSON.stringify({ problem }));
  const result = await solved(format, { file, expected: {}, tolerance: 0 }, engine);
  return result as Readonly<Record<string, unknown>> & {
    readonly loss: number[];
    readonly w_rec?: number[][];
    readonly w_in?: number[][];
  };
}

// Nothing comes in, so neurons spike of themselves: below 0 is a threshold that they pass at rest.
const restless = { threshold: -0.01 };

it.each([
  ['spiking/lif-random', spiking, restless],
  ['spiking/alif-bptt', spiking, restless],
  ['spiking/alif-classify-random-adam', spiking, restless],
  ['spiking/alif-online-random', spiking, restless],
  ['marschall/rflo-online', online, {}],
  ['marschall/rtrl-online', online, {}],
  ['marschall/e-bptt-5-online', online, {}],
  ['marschall/dni-b-online', online, {}],
  ['marschall/snap-1-gradient', online, {}],
  ['marschall/compartments-tied', online, {}],
] as const)('%s without inputs is what it is with one that is silent', async (vector, format, changed) => {
  const [none, one] = [withInputs(vector, 0, changed), withInputs(vector, 1, changed)];
  for (const engine of ['actors', 'kernels'] as const) {
    const [without, silent] = [await solve(format, none, engine), await solve(format, one, engine)];
    expect(withoutInputs(without)).toEqual(withoutInputs(silent));
    expect(new Set(without.loss).size).toBe(without.loss.length);
    if (!without.w_rec) continue;
    expect(without.w_rec).not.toEqual(none.network.w_rec);
    expect(without.w_in).toEqual(none.network.w_in);
  }
});

/** What a result says but of synapses from inputs. */
function withoutInputs(result: object): unknown {
  return JSON.parse(JSON.stringify(result, (key, value: unknown) => (key === 'w_in' ? undefined : value)));
}
