export { alignment } from './alignment.ts';
export { batch, type BatchOptions } from './batch.ts';
export { sweep, type SweepEvent, type SweepOptions } from './sweep.ts';
