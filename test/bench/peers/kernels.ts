import { asAlgorithm } from '../../../src/algorithms/index.ts';
import type { BuiltCircuit, Engine } from '../../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../../src/kernels/index.ts';
import type { Problem } from '../../../src/recording/index.ts';

/** Loads the code generator and returns what builds a kernel engine, which is timed apart. */
export async function kernels(
  { algorithm, ...how }: Problem['learner'],
  precision: 'f64' | 'f32',
): Promise<(circuit: BuiltCircuit) => Engine> {
  await loadKernels();
  const options = {
    ...how,
    algorithm: asAlgorithm('algorithm', algorithm === 'rflo' ? 'local' : algorithm),
    precision,
  };
  return (circuit) => new KernelEngine(circuit, options);
}
