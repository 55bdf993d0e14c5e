import { stream, type Stream } from './stream.ts';

/**
 * Chance while a circuit runs: whether a message is lost, which way a weight is rounded.
 *
 * A stream gives its numbers one after another, so results would depend on who draws first. Here each draw is a pure function of the seed,
 * the trial, the timestep, and the index of the neuron or synapse that it is for: so engines may go through synapses in any order, several
 * at a time, and resume at any trial. Whole numbers of 32 bits only, so kernels compute it too.
 */

/** Scatters 32 bits (Wellons & Ellis, "lowbias32"): a change of one bit of x changes each bit of the result by even chance. */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return x ^ (x >>> 15);
}

/** The seed of one named thing's chances, from a stream of its own. */
export function chanceSeed(random: Stream): number {
  return Math.floor(random() * 2 ** 32) | 0;
}

/** What all draws of one timestep of one trial have in common. */
export function chanceKey(seed: number, trial: number, timestep: number): number {
  return mix(mix(seed ^ trial) ^ timestep);
}

/** What is a place's own in every draw: places are counted from 0. */
export function chancePlace(place: number): number {
  return mix(Math.imul(place + 1, 0x9e3779b9));
}

/** A number in (0, 1), one of 2^32 evenly spaced ones, none of them an end. */
export function draw(key: number, place: number): number {
  return ((mix(key ^ place) >>> 0) + 0.5) * 2 ** -32;
}

/**
 * The chances of one named thing, such as `chance(7, 'uoro', 'signs')`: a number in (0, 1) for each trial, timestep and place, which depends on
 * nothing else. So a run that is resumed draws the same.
 */
export function chance(
  seed: number,
  ...path: readonly (string | number)[]
): (trial: number, timestep: number, place: number) => number {
  const own = chanceSeed(stream(seed, ...path));
  return (trial, timestep, place) => draw(chanceKey(own, trial, timestep), chancePlace(place));
}
