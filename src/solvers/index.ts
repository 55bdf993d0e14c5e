export { Bptt } from './bptt.ts';
export { plainMemory, type Memory, type Purpose } from './memory.ts';
export { Rtrl } from './rtrl.ts';
export { Snap, type SnapOptions } from './snap.ts';
