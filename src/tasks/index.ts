export type { Answer, Played, Score, Task, Test, Trial } from './task.ts';
export { actionSequence, type ActionSequenceOptions } from './action-sequence.ts';
export { intervalMatching } from './interval-matching.ts';
export type { IntervalMatchingOptions } from './intervals.ts';
export { periodic } from './periodic.ts';
export { fromCsv, type CsvColumns, type CsvFiles } from './from-csv.ts';
export type { CsvText } from './csv.ts';
