export { kernelArithmetic } from './arithmetic.ts';
export { loadKernels } from './generator.ts';
export { KernelEngine, type KernelOptions } from './engine.ts';
export { kernelProgram } from './learners.ts';
export type { Precision } from './lanes.ts';
