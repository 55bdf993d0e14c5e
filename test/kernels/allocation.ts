/** Prints how many bytes of JavaScript heap trials of a small circuit take, each, and how many they leave behind. */
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';

await loadKernels();
const TRIALS = 2000;
const cases = (['trial', 'online'] as const).flatMap((schedule) => [20, 400].map((T) => ({ schedule, T })));

const results = cases.map(({ schedule, T }) => {
  const trial = noiseTrial(T);
  const engine = new KernelEngine(build(threeMatrices(), 1), { algorithm: local(), schedule, feedback: 'symmetric' });
  const run = () => {
    for (let k = 0; k < TRIALS; k++) engine.trial(trial);
  };
  const measure = () => {
    globalThis.gc?.();
    const before = process.memoryUsage();
    run();
    const after = process.memoryUsage();
    globalThis.gc?.();
    const left = process.memoryUsage();
    return {
      taken: (after.heapUsed - before.heapUsed) / TRIALS,
      left: (left.heapUsed - before.heapUsed) / TRIALS,
      buffers: left.arrayBuffers - before.arrayBuffers,
    };
  };
  run();
  // Code that is made faster meanwhile, in the background, takes memory too, once; what trials leave behind they leave every time.
  const times = Array.from({ length: 4 }, measure);
  const least = (what: keyof (typeof times)[number]) => Math.min(...times.map((measured) => measured[what]));
  return { T, taken: least('taken'), left: least('left'), buffers: least('buffers') };
});
process.stdout.write(JSON.stringify(results));
