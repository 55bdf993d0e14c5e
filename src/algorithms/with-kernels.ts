import type { BuiltCircuit } from '../circuit/index.ts';
import { kernelArithmetic } from '../kernels/index.ts';
import type { OpenOptions } from '../solvers/index.ts';

/** Uses kernels for the arithmetic if they are loaded; the bits are the same. */
export function withKernels({ groups, order }: BuiltCircuit, how: OpenOptions): OpenOptions {
  if (how.memory ?? how.arithmetic) return how;
  // Room for about forty numbers for each synapse and for each pair of neurons; an algorithm that keeps more puts the rest in ordinary arrays.
  const neurons = order.reduce((sum, { size }) => sum + size, 0);
  const synapses = groups.reduce((sum, { pre }) => sum + pre.length, 0);
  const arithmetic = kernelArithmetic(40 * (synapses + neurons * neurons) + 2 ** 21);
  return arithmetic ? { ...how, arithmetic } : how;
}
