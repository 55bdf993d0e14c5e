export { Bptt } from './bptt.ts';
export { Rtrl } from './rtrl.ts';
export { Snap, type SnapOptions } from './snap.ts';
