// oxlint-disable-next-line typescript/triple-slash-reference -- whoever takes rxflo from its source has to find the declaration
/// <reference path="./arc4.d.ts" />
import seedrandom from 'seedrandom/seedrandom.js';

/** A seeded source of uniform numbers in [0, 1). */
export type Stream = () => number;

/**
 * The random stream of one named thing, such as `stream(7, 'synapses', 'recurrent', 'weights')`.
 *
 * Each name has a stream of its own, so adding a synapse group changes no other group's weights.
 * The numbers are the same on every machine: seedrandom's ARC4 works on integers alone. Its seeding costs as much as a
 * thousand draws and waits for the first, so that a stream nobody draws from costs nothing.
 */
export function stream(seed: number, ...path: readonly (string | number)[]): Stream {
  let generator: Stream | undefined;
  return () => (generator ??= seedrandom(JSON.stringify([seed, ...path])))();
}
