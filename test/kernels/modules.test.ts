import { beforeAll, expect, it, vi } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { assemble } from '../../src/kernels/generator.ts';
import { lowered } from '../../src/kernels/lowered.ts';
import { bptt } from '../../src/solvers/index.ts';
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

it('engines of one built circuit are lowered once for each way to learn, and share no state', () => {
  const circuit = build(threeMatrices({ units: 5 }), 1);
  const trial = { schedule: 'trial', feedback: 'random' } as const;
  const ways = [
    lowered(circuit, 'f64', local(), trial),
    lowered(circuit, 'f32', local(), trial),
    lowered(circuit, 'f64', local(), { ...trial, schedule: 'online' }),
    lowered(circuit, 'f64', local(), { ...trial, batch: 2 }),
    lowered(circuit, 'f64', local(), { ...trial, feedback: 'symmetric' }),
    lowered(circuit, 'f64', bptt(), trial),
    lowered(build(threeMatrices({ units: 5 }), 1), 'f64', local(), trial),
  ];
  expect(new Set(ways).size).toBe(ways.length);
  expect(lowered(circuit, 'f64', local(), { ...trial, batch: 1 })).toBe(ways[0]);

  const engine = () => new KernelEngine(circuit, { algorithm: local(), ...trial });
  const [one, two] = [engine(), engine()];
  const before = bytes(two.weights());
  one.trial(noiseTrial());
  expect(bytes(one.weights())).not.toBe(before);
  const three = engine();
  for (const other of [two, three]) {
    expect(bytes(other.weights())).toBe(before);
    other.trial(noiseTrial());
    expect(bytes(other.weights())).toBe(bytes(one.weights()));
  }
});
