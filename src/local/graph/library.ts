import { abs, exp, floor, log, max, min, sign, sqrt, tanh } from '../math.ts';
import { pow } from '../pow.ts';

/** The functions that local functions may call, by the names they are exported under. */
export const LIBRARY = { tanh, exp, log, sqrt, abs, min, max, sign, floor, pow } as const;

export type FunctionName = keyof typeof LIBRARY;

export const FUNCTION_NAMES = Object.keys(LIBRARY).filter(isFunctionName);

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(LIBRARY, name);
}

/** How many arguments a function takes. */
export function arityOf(name: FunctionName): 1 | 2 {
  return name === 'min' || name === 'max' || name === 'pow' ? 2 : 1;
}
