import type { ComposedName } from './graph/library.ts';
import { exp, log } from './math.ts';
import type { Composed } from './reading/names.ts';
import { readText } from './reading/read-text.ts';

/** What a composed function is computed from. */
interface Argument {
  readonly x: number;
}

/**
 * Functions that rates are made of, in forms that hold for every x, so that they and their derivatives are finite: no e^x overflows.
 * A local function that calls one is read as if this text stood in it. Where a choice switches, both sides have the same value and slope.
 */
const DEFINITIONS: Readonly<Record<ComposedName, (view: Argument) => number>> = {
  logistic: ({ x }) => {
    const e = exp(x > 0 ? -x : x);
    return (x > 0 ? 1 : e) / (1 + e);
  },
  softplus: ({ x }) => (x > 0 ? x : 0) + log(1 + exp(x > 0 ? -x : x)),
  linoid: ({ x }) => {
    const e = exp(x > 0 ? -x : x);
    const s = x * x;
    const series = 1 / 12 - s * (1 / 720 - s * (1 / 30240 - s * (1 / 1209600 - s / 47900160)));
    return s < 0.0625 ? 1 + x / 2 + s * series : (x > 0 ? x : -x * e) / (1 - e);
  },
};

const definition = (name: ComposedName) =>
  readText('function', name, DEFINITIONS[name], { shape: { x: 'own state' } }, new Map()).value;

/** What each of them means in the text of a local function. */
export const COMPOSED: Composed = new Map(
  (['logistic', 'softplus', 'linoid'] as const).map((name) => [name, definition(name)]),
);

/** The logistic function 1 / (1 + e^-x), from 0 to 1. For local functions; has the same bits on every host. */
export function logistic(x: number): number {
  return DEFINITIONS.logistic({ x });
}

/** Softplus, log(1 + e^x): a rectifier that is smooth at 0, whose derivative is `logistic`. For local functions. */
export function softplus(x: number): number {
  return DEFINITIONS.softplus({ x });
}

/**
 * x / (1 - e^-x), which is 1 at 0: the f-I curve of Abbott & Chance (2005), and the linoid rates of Hodgkin & Huxley (1952). For local
 * functions. Near 0 it is its series, so that nothing cancels.
 */
export function linoid(x: number): number {
  return DEFINITIONS.linoid({ x });
}
