export { Bptt } from './bptt.ts';
export { plainMemory, type Memory, type Purpose } from './memory.ts';
export { Rtrl } from './rtrl.ts';
export type { Footprint } from './footprint.ts';
export { footprintOf } from './footprints.ts';
export { Snap, type SnapOptions } from './snap.ts';
export { isSnap, stepsOf, type SnapName } from './snap-name.ts';
