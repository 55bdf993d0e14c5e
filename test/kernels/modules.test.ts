import { beforeAll, expect, it, vi } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { assemble } from '../../src/kernels/generator.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';
import { bytes } from '../support/weights.ts';

beforeAll(loadKernels);

const text = (value: number) => `(module (func (export "value") (result i32) (i32.const ${value})))`;

it('a text is compiled once while it is one of the last that were used', () => {
  const first = assemble(text(0));
  const [second, ...others] = [1, 2, 3, 4, 5, 6, 7].map((value) => assemble(text(value)));
  expect(new Set([first, second, ...others]).size).toBe(8);
  expect(assemble(text(0))).toBe(first);
  assemble(text(8)); // the oldest, 1, goes; 0 has just been used
  expect(assemble(text(0))).toBe(first);
  expect(assemble(text(7))).toBe(others.at(-1));
  expect(assemble(text(1))).not.toBe(second);
});

it('realizations of one circuit share a module, and nothing else', () => {
  const compile = vi.spyOn(WebAssembly, 'Module');
  const engine = (seed: number) =>
    new KernelEngine(build(threeMatrices({ units: 5 }), seed), {
      algorithm: local(),
      schedule: 'trial',
      feedback: 'random',
    });
  const [one, two, again] = [engine(1), engine(2), engine(1)];
  expect(compile).toHaveBeenCalledTimes(1);
  compile.mockRestore();
  const before = bytes(two.weights());
  one.trial(noiseTrial());
  expect(bytes(two.weights())).toBe(before);
  again.trial(noiseTrial());
  expect(bytes(again.weights())).toBe(bytes(one.weights()));
  expect(bytes(one.weights())).not.toBe(before);
});
