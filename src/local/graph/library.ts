import { abs, exp, floor, log, max, min, sign, sqrt, tanh } from '../math.ts';
import { pow } from '../pow.ts';

/** The functions that graphs are made of, by the names they are exported under. */
export const LIBRARY = { tanh, exp, log, sqrt, abs, min, max, sign, floor, pow } as const;

export type FunctionName = keyof typeof LIBRARY;

/** Functions that are replaced by their definitions in functions.ts, in terms of the library, wherever they are called. */
export const COMPOSED_NAMES = ['logistic', 'softplus', 'linoid', 'pseudoDerivative'] as const;

export type ComposedName = (typeof COMPOSED_NAMES)[number];

/** Functions whose derivative is declared, not the textbook's: in a graph each has its own kind of node. */
const SURROGATES = ['spike', 'detach'] as const;

export type SurrogateName = (typeof SURROGATES)[number];

/** What a local function may call. */
export type CallableName = FunctionName | ComposedName | SurrogateName;

export const CALLABLE_NAMES = [...Object.keys(LIBRARY), ...COMPOSED_NAMES, ...SURROGATES].filter(isCallableName);

export function isCallableName(name: string): name is CallableName {
  return Object.hasOwn(LIBRARY, name) || [...COMPOSED_NAMES, ...SURROGATES].some((known) => known === name);
}

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(LIBRARY, name);
}
