import { InputError, oneOf, show } from '../../errors/index.ts';
import { isOverTrials, type Graph, type TunableParameter, type Value } from '../../local/index.ts';

/** A number that may change while the circuit runs and that all its readers share: a parameter of neurons, or one of their dials. */
export interface TunedNumber extends TunableParameter {
  /** The name by which it is tuned: `neurons.h`, `axons.h`, `feedback.error`. */
  readonly owner: string;
}

/** Dials that may be tuned, by name, each with its range. */
export type DialRanges = Readonly<Record<string, readonly [number, number]>>;

/** How a dial changes from trial to trial, if it does. */
export function changeOf(value: unknown): Pick<TunableParameter, 'overTrials'> {
  return isOverTrials(value) ? { overTrials: value } : {};
}

/**
 * @throws InputError if a dial listed as tunable is not in `ranges`, or is listed twice, or if one changes from trial to trial and is not tunable.
 */
export function checkTunable(place: string, dials: { readonly tunable?: readonly string[] }, ranges: DialRanges): void {
  const { tunable = [] } = dials;
  tunable.forEach((dial, k) => {
    if (!Object.hasOwn(ranges, dial)) {
      const problem = `${show(dial)} cannot change while a circuit runs`;
      throw new InputError(`${place}.tunable[${k}]`, `${problem}; expected ${oneOf(Object.keys(ranges))}`);
    }
    if (tunable.indexOf(dial) !== k)
      throw new InputError(`${place}.tunable[${k}]`, `${show(dial)} is listed twice; remove one`);
  });
  for (const [dial, value] of Object.entries(dials)) {
    if (!isOverTrials(value) || tunable.includes(dial)) continue;
    const mend = Object.hasOwn(ranges, dial) ? `or add tunable: ['${dial}']` : `only ${oneOf(Object.keys(ranges))} can`;
    throw new InputError(
      `${place}.${dial}`,
      `is not tunable, so it cannot change over the trials; give a number, ${mend}`,
    );
  }
}

/** How a text gets the number of a dial: filled in, or, if it is tunable, read under the name that it is tuned by. */
export function dialValue(
  graph: Graph,
  tunable: readonly string[] | undefined,
): (dial: string, value: number) => Value {
  return (dial, value) => (tunable?.includes(dial) ? graph.read(dial, 'parameter') : graph.constant(value));
}
