export { loadKernels } from './generator.ts';
export { KernelEngine, type KernelOptions } from './engine.ts';
export type { Precision } from './lanes.ts';
