/** Prints how many bytes of JavaScript heap trials of a small circuit take, each, and how many they leave behind. */
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';

await loadKernels();
const TRIALS = 2000;
const cases = (['trial', 'online'] as const).flatMap((schedule) => [20, 400].map((T) => ({ schedule, T })));

const results = cases.map(({ schedule, T }) => {
  const trial = noiseTrial(T);
  const engine = new KernelEngine(build(threeMatrices(), 1), { algorithm: 'local', schedule, feedback: 'symmetric' });
  const run = () => {
    for (let k = 0; k < TRIALS; k++) engine.trial(trial);
  };
  run();
  globalThis.gc?.();
  const before = process.memoryUsage();
  run();
  const after = process.memoryUsage();
  globalThis.gc?.();
  const left = process.memoryUsage();
  return {
    T,
    taken: (after.heapUsed - before.heapUsed) / TRIALS,
    left: (left.heapUsed - before.heapUsed) / TRIALS,
    buffers: left.arrayBuffers - before.arrayBuffers,
  };
});
process.stdout.write(JSON.stringify(results));
