import { InputError, show } from '../errors/index.ts';
import { exp, log } from '../local/index.ts';

/** How a time constant becomes a decay per timestep, exp(-dt/tau) or 1 - dt/tau. */
export type Method = 'exact' | 'euler';

/** What rxflo's timesteps are in NIR's continuous time. */
export interface Time {
  /** Seconds of a timestep. */
  readonly dt: number;
  readonly method: Method;
}

/** Seconds of a timestep where nobody says. */
export const USUAL_DT = 1e-3;

/** A time constant so short that nothing is left of a timestep before: exp(-1000) is 0. */
const AT_ONCE = 1000;

/** @throws InputError unless dt is a number above 0 and the method is known. */
export function checkTime(place: string, { dt, method }: Time): void {
  if (!(Number.isFinite(dt) && dt > 0)) {
    throw new InputError(`${place}.dt`, `${show(dt)} is not a number of seconds above 0`);
  }
  const methods: readonly string[] = ['exact', 'euler'] satisfies readonly Method[];
  if (!methods.includes(method)) {
    throw new InputError(`${place}.method`, `${show(method)} is unknown; expected 'exact' or 'euler'`);
  }
}

/** The decay of a time constant in seconds; NaN where Euler's is none, below 0. */
export function decayOf(tau: number, { dt, method }: Time): number {
  if (method === 'exact') return exp(-dt / tau);
  const decay = 1 - dt / tau;
  return decay >= 0 ? decay : NaN;
}

/** The time constant of a decay from 0 to below 1, seconds. */
export function tauOf(decay: number, { dt, method }: Time): number {
  if (method === 'euler') return dt / (1 - decay);
  return decay === 0 ? dt / AT_ONCE : -dt / log(decay);
}
