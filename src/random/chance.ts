import { stream, type Stream } from './stream.ts';

/**
 * Random draws while a circuit runs: whether a message is lost, which way a weight is rounded.
 *
 * A stream gives its numbers one after another, so results would depend on who draws first. Here each draw is a pure function of the seed,
 * the trial, the timestep, and the index of its neuron or synapse. So engines may go through synapses in any order, several at a time, and
 * resume at any trial. It uses only whole numbers of 32 bits, so kernels compute it too.
 */

/** Scatters 32 bits (Wellons & Ellis, "lowbias32"): a change of one bit of x changes each bit of the result with probability 1/2. */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return x ^ (x >>> 15);
}

/** The seed of one named thing's draws, from its own stream. */
export function chanceSeed(random: Stream): number {
  return Math.floor(random() * 2 ** 32) | 0;
}

/** The key that all draws of one timestep of one trial share. */
export function chanceKey(seed: number, trial: number, timestep: number): number {
  return mix(mix(seed ^ trial) ^ timestep);
}

/** The part of a draw that belongs to a place, counted from 0. */
export function chancePlace(place: number): number {
  return mix(Math.imul(place + 1, 0x9e3779b9));
}

/** One of 2^32 evenly spaced numbers in (0, 1), never 0 or 1. */
export function draw(key: number, place: number): number {
  return ((mix(key ^ place) >>> 0) + 0.5) * 2 ** -32;
}

/**
 * The random draws of one named thing, such as `chance(7, 'uoro', 'signs')`: a number in (0, 1) for each trial, timestep and place, which depends
 * on nothing else. So a resumed run draws the same numbers.
 */
export function chance(
  seed: number,
  ...path: readonly (string | number)[]
): (trial: number, timestep: number, place: number) => number {
  const own = chanceSeed(stream(seed, ...path));
  return (trial, timestep, place) => draw(chanceKey(own, trial, timestep), chancePlace(place));
}
