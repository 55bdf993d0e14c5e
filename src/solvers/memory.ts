/** What a solver keeps numbers for: the circuit's weights, its activity in the trial, or learning alone. */
export type Purpose = 'weights' | 'activity' | 'learning';

/** Where a solver takes its arrays from, initially all 0: another memory lets the same solver be watched while it runs. */
export type Memory = (length: number, purpose: Purpose) => Float64Array;

/** Ordinary arrays. */
export const plainMemory: Memory = (length) => new Float64Array(length);
