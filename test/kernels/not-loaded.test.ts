import { expect, it, vi } from 'vitest';

it('without what assembles kernels none is made, and the error tells how to load it', async () => {
  // Modules of its own: in those of other tests it may be loaded.
  vi.resetModules();
  const { build } = await import('../../src/circuit/index.ts');
  const { local } = await import('../../src/algorithms/index.ts');
  const { KernelEngine, loadKernels } = await import('../../src/kernels/index.ts');
  const { refusal } = await import('../refusal.ts');
  const { threeMatrices } = await import('../support/networks.ts');
  const make = () =>
    new KernelEngine(build(threeMatrices(), 1), { algorithm: local(), schedule: 'trial', feedback: 'random' });
  expect(refusal(make)).toBe(
    "engine: the kernels are not loaded yet; first `await loadKernels()`, or use engine 'actors'",
  );
  await loadKernels();
  expect(make()).toBeInstanceOf(KernelEngine);
});
