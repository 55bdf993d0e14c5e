export { readNir, writeNir } from './files.ts';
export { fromNir, type FromNirOptions, type NirCircuit } from './from-nir.ts';
export type { NirGraph, NirNode, NirValue } from './graph.ts';
export { toNir, type NirExport, type ToNirOptions } from './to-nir.ts';
