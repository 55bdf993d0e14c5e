import { abs, exp, floor, log, max, min, sign, sqrt, tanh } from '../math.ts';
import { pow } from '../pow.ts';

/** The functions that graphs are made of, by the names they are exported under. */
export const LIBRARY = { tanh, exp, log, sqrt, abs, min, max, sign, floor, pow } as const;

export type FunctionName = keyof typeof LIBRARY;

/** Functions of one number that are written out in those of the library wherever they are called: what functions.ts defines. */
const COMPOSED = ['logistic', 'softplus', 'linoid'] as const;

export type ComposedName = (typeof COMPOSED)[number];

/** What a local function may call. */
export type CallableName = FunctionName | ComposedName;

export const CALLABLE_NAMES = [...Object.keys(LIBRARY), ...COMPOSED].filter(isCallableName);

export function isCallableName(name: string): name is CallableName {
  return Object.hasOwn(LIBRARY, name) || COMPOSED.some((known) => known === name);
}

export function isFunctionName(name: CallableName): name is FunctionName {
  return Object.hasOwn(LIBRARY, name);
}

/** How many arguments a function takes. */
export function arityOf(name: CallableName): 1 | 2 {
  return name === 'min' || name === 'max' || name === 'pow' ? 2 : 1;
}
