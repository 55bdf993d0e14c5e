export { alignment, type AlignmentEvent, type AlignmentOptions } from './alignment.ts';
export { batch, type BatchOptions } from './batch.ts';
export { sweep, type SweepEvent, type SweepOptions } from './sweep.ts';
