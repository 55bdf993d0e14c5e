import seedrandom from 'seedrandom';

/** A seeded source of uniform numbers in [0, 1). */
export type Stream = () => number;

/**
 * The random stream of one named thing, such as `stream(7, 'synapses', 'recurrent', 'weights')`.
 *
 * Each name has a stream of its own, so adding a synapse group changes no other group's weights.
 * The numbers are the same on every machine: seedrandom's ARC4 works on integers alone.
 */
export function stream(seed: number, ...path: readonly (string | number)[]): Stream {
  const generator = seedrandom(JSON.stringify([seed, ...path]));
  return () => generator();
}
