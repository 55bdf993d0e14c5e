import { InputError, show } from '../errors/index.ts';
import { exp, log } from '../local/index.ts';

/** How a time constant becomes a decay per timestep, exp(-dt/tau) or 1 - dt/tau. */
export type Method = 'exact' | 'euler';

/** How rxflo's timesteps relate to NIR's continuous time. */
export interface Time {
  /** Length of a timestep, seconds. */
  readonly dt: number;
  readonly method: Method;
}

/** The default length of a timestep, seconds. */
export const USUAL_DT = 1e-3;

/** The ratio dt/tau for a decay of 0, since exp(-1000) is 0. */
const AT_ONCE = 1000;

/** @throws InputError unless `dt` is a number above 0. */
export function checkDt(place: string, dt: number | undefined): asserts dt is number {
  if (dt !== undefined && Number.isFinite(dt) && dt > 0) return;
  throw new InputError(place, `${show(dt)} is not a number of seconds above 0`);
}

/** @throws InputError unless the method is known. */
export function checkMethod(place: string, method: string | undefined): asserts method is Method {
  const methods: readonly (string | undefined)[] = ['exact', 'euler'] satisfies readonly Method[];
  if (!methods.includes(method)) {
    throw new InputError(place, `expected 'exact' or 'euler', got ${show(method)}`);
  }
}

/** The decay factor of a time constant in seconds; NaN if Euler's method gives one below 0. */
export function decayOf(tau: number, { dt, method }: Time): number {
  if (method === 'exact') return exp(-dt / tau);
  const decay = 1 - dt / tau;
  return decay >= 0 ? decay : NaN;
}

/** The time constant, in seconds, of a decay factor from 0 to below 1. */
export function tauOf(decay: number, { dt, method }: Time): number {
  if (method === 'euler') return dt / (1 - decay);
  return decay === 0 ? dt / AT_ONCE : -dt / log(decay);
}
