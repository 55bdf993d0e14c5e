export { batch, type BatchOptions } from './batch.ts';
export { costOf } from './describe.ts';
export { sweep, type SweepEvent, type SweepOptions } from './sweep.ts';
