/** What users get of this room; `index.ts` is the door for the rooms above. */
export { KernelEngine, loadKernels, type KernelOptions, type Precision } from './index.ts';
