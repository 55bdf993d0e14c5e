// oxlint-disable-next-line typescript/triple-slash-reference -- needed by those who use rxflo from its source
/// <reference path="./arc4.d.ts" />
import seedrandom from 'seedrandom/seedrandom.js';

/** A seeded source of uniform numbers in [0, 1). */
export type Stream = () => number;

/**
 * The random stream of one named thing, such as `stream(7, 'synapses', 'recurrent', 'weights')`.
 *
 * Each name has its own stream, so adding a synapse group changes no other group's weights.
 * The numbers are the same on every machine: seedrandom's ARC4 works on integers alone. Seeding costs as much as a
 * thousand draws, so it is done at the first draw: an unused stream costs nothing.
 */
export function stream(seed: number, ...path: readonly (string | number)[]): Stream {
  let generator: Stream | undefined;
  return () => (generator ??= seedrandom(JSON.stringify([seed, ...path])))();
}
