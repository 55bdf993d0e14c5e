/** What users get of this room; `index.ts` is the door for the rooms above. */
export { batch, sweep, type BatchOptions, type SweepEvent, type SweepOptions } from './index.ts';
