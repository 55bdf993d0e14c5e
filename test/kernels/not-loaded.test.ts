import { expect, it } from 'vitest';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { refusal } from '../refusal.ts';
import { threeMatrices } from '../support/networks.ts';

it('without what assembles kernels none is made, and the error tells how to load it', async () => {
  const make = () =>
    new KernelEngine(build(threeMatrices(), 1), { algorithm: 'local', schedule: 'trial', feedback: 'random' });
  expect(refusal(make)).toBe(
    "engine: the kernels are not loaded yet; first `await loadKernels()`, or use engine 'actors'",
  );
  await loadKernels();
  expect(make()).toBeInstanceOf(KernelEngine);
});
