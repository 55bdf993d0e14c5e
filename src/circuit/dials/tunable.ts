import { InputError, oneOf, show } from '../../errors/index.ts';
import type { Graph, TunableParameter, Value } from '../../local/index.ts';

/** A number that may change while the circuit runs, and that all who read it share: a parameter of neurons, or a dial of theirs. */
export interface TunedNumber extends TunableParameter {
  /** By what name it is tuned: `neurons.h`, `axons.h`, `feedback.error`. */
  readonly owner: string;
}

/** Dials that may be tuned, by name, each with its range. */
export type DialRanges = Readonly<Record<string, readonly [number, number]>>;

/** @throws InputError if a dial that is to be tunable is none of `ranges`, or is listed twice. */
export function checkTunable(place: string, tunable: readonly string[], ranges: DialRanges): void {
  tunable.forEach((dial, k) => {
    if (!Object.hasOwn(ranges, dial)) {
      const problem = `${show(dial)} cannot change while a circuit runs`;
      throw new InputError(`${place}[${k}]`, `${problem}; expected ${oneOf(Object.keys(ranges))}`);
    }
    if (tunable.indexOf(dial) !== k)
      throw new InputError(`${place}[${k}]`, `${show(dial)} is listed twice; remove one`);
  });
}

/** How the text of a dial gets its number: filled in, or read if it is tunable, under the name that it is tuned by. */
export function dialValue(
  graph: Graph,
  tunable: readonly string[] | undefined,
): (dial: string, value: number) => Value {
  return (dial, value) => (tunable?.includes(dial) ? graph.read(dial, 'parameter') : graph.constant(value));
}
