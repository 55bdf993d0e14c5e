export { Bptt } from './bptt.ts';
export { Rtrl } from './rtrl.ts';
export type { Footprint } from './footprint.ts';
export { footprintOf } from './footprints.ts';
