export type { Arithmetic } from './arithmetic.ts';
export { notFinite, plainArithmetic } from './plain.ts';
