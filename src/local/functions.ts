import { COMPOSED_NAMES, type ComposedName } from './graph/library.ts';
import { exp, log } from './math.ts';
import type { Numerical } from './reading/agreement.ts';
import type { Composed } from './reading/names.ts';
import { readDefinition } from './reading/read-text.ts';

/**
 * Functions for rates, in forms that are valid for every x, so that they and their derivatives are finite: no e^x overflows.
 * A local function that calls one is read as if it contained this text. Where a choice switches, both sides have the same value and slope.
 */
const DEFINITIONS = {
  logistic: (x: number) => {
    const e = exp(x > 0 ? -x : x);
    return (x > 0 ? 1 : e) / (1 + e);
  },
  softplus: (x: number) => (x > 0 ? x : 0) + log(1 + exp(x > 0 ? -x : x)),
  linoid: (x: number) => {
    const e = exp(x > 0 ? -x : x);
    const s = x * x;
    const series = 1 / 12 - s * (1 / 720 - s * (1 / 30240 - s * (1 / 1209600 - s / 47900160)));
    return s < 0.0625 ? 1 + x / 2 + s * series : (x > 0 ? x : -x * e) / (1 - e);
  },
  pseudoDerivative: (surrogate: number, distance: number) => {
    const d = distance < 0 ? -distance : distance;
    const light = surrogate < 0.5 ? (d < 1 ? 1 - d : 0) : exp(-d);
    const heavy = 1 / (surrogate < 2.5 ? (1 + d) * (1 + d) : 1 + d * d);
    return surrogate < 1.5 ? light : heavy;
  },
} as const satisfies Readonly<Record<ComposedName, Numerical>>;

/** What each of them means in the text of a local function. */
export const COMPOSED: Composed = new Map(
  COMPOSED_NAMES.map((name) => [name, readDefinition('function', name, DEFINITIONS[name], new Map())]),
);

/** The logistic function 1 / (1 + e^-x), from 0 to 1. For local functions; has the same bits on every host. */
export function logistic(x: number): number {
  return DEFINITIONS.logistic(x);
}

/** Softplus, log(1 + e^x): a rectifier that is smooth at 0, whose derivative is `logistic`. For local functions. */
export function softplus(x: number): number {
  return DEFINITIONS.softplus(x);
}

/**
 * x / (1 - e^-x), which is 1 at 0: the f-I curve of Abbott & Chance (2005), and the linoid rates of Hodgkin & Huxley (1952). For local
 * functions. Near 0 it uses the series, to avoid cancellation.
 */
export function linoid(x: number): number {
  return DEFINITIONS.linoid(x);
}

/**
 * A pseudo-derivative of a spike with respect to the voltage: 1 at the threshold, decreasing with the distance from it on both sides, in units of a
 * width. For local functions.
 *
 * @param surrogate Which: a number of `surrogates`.
 */
export function pseudoDerivative(surrogate: number, distance: number): number {
  return DEFINITIONS.pseudoDerivative(surrogate, distance);
}
