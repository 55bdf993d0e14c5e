export type { Task, Trial } from './task.ts';
export { actionSequence, type ActionSequenceOptions } from './action-sequence.ts';
export { intervalMatching, type IntervalMatchingOptions } from './interval-matching.ts';
export { periodic } from './periodic.ts';
export { fromCsv, type CsvColumns, type CsvFiles } from './from-csv.ts';
export type { CsvText } from './csv.ts';
