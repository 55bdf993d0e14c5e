export type { Arithmetic } from './arithmetic.ts';
export { notFinite, plainArithmetic } from './plain.ts';
export { cellsLoop, rowsLoop, type RunRows } from './rows-loop.ts';
export { namesOf, readSteps, valuesOf } from './rows.ts';
export type { ReadStep, RowArrays, RowFunction, RowNumbers, RowStep } from './rows.ts';
