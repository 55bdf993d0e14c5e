export { batch, type BatchOptions } from './batch.ts';
export type { FailedRealization, FinishedRealization, Realization } from './realization.ts';
