export type { Arithmetic } from './arithmetic.ts';
export { notFinite, plainArithmetic } from './plain.ts';
export { cellsLoop, rowsLoop, type CellList, type RunRows } from './rows-loop.ts';
export { namesOf, readSteps, valuesOf, type ReadStep, type RowArrays, type RowFunction, type RowStep } from './rows.ts';
