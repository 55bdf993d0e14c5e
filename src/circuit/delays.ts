import { InputError, show } from '../errors/index.ts';
import { checkIntegers, integerSampler, isIntegers, stream, type Integers } from '../random/index.ts';
import type { BuiltGroup } from './built.ts';
import { checkedMatrix, isMatrix, type Entries, type Matrix } from './initial-weights.ts';

/**
 * Timesteps from axon to dendrite: one number for all synapses, or one for each: drawn, by `integers(1, 20)`; as a matrix, like weights; or,
 * where synapses are given as edges, as a list in the order of the edges.
 */
export type Delay = number | Integers | Matrix;

/** Delays, checked: a matrix in plain rows, NaN where no synapse can be. */
export type CheckedDelay = number | Integers | readonly (readonly number[])[];

/** Delays of a group: of its edges, or its own. */
interface Delays {
  readonly delay?: CheckedDelay;
  readonly edges?: { readonly delays?: readonly number[] };
}

/** What is wrong with a delay; undefined if nothing is. */
export function wrongDelay(delay: number): string | undefined {
  return Number.isSafeInteger(delay) && delay >= 0
    ? undefined
    : `${show(delay)} is not a whole number of timesteps, 0 or more`;
}

/** @throws InputError naming the delay that is wrong. */
export function checkedDelay(place: string, delay: Delay, entries: Required<Omit<Entries, 'wrong'>>): CheckedDelay {
  if (isMatrix(delay)) {
    const rows = checkedMatrix(place, delay, { ...entries, wrong: wrongDelay });
    return rows.map((row, i) => row.map((late, j) => (entries.chance(i, j) > 0 ? late : NaN)));
  }
  if (isIntegers(delay)) {
    checkIntegers(place, delay);
    if (delay.low < 0) throw new InputError(`${place}.low`, `${delay.low} is negative; a delay is 0 timesteps or more`);
    return delay;
  }
  const problem = wrongDelay(delay);
  if (problem !== undefined) throw new InputError(place, problem);
  return delay;
}

/** The least delay that a synapse of a group can have, and the longest. Where there can be no synapse, 1. */
export function rangeOfDelays({ delay = 1, edges }: Delays): { readonly least: number; readonly longest: number } {
  const given = edges?.delays ?? delay;
  if (typeof given === 'number') return { least: given, longest: given };
  if ('kind' in given) return { least: given.low, longest: given.high };
  let [least, longest] = [Infinity, -Infinity];
  for (const late of given.flat()) {
    if (late < least) least = late;
    if (late > longest) longest = late;
  }
  return least <= longest ? { least, longest } : { least: 1, longest: 1 };
}

/** Whether synapses of a group may have different delays. */
export function differInDelay(delays: Delays): boolean {
  const { least, longest } = rangeOfDelays(delays);
  return least < longest;
}

/**
 * The delay of each synapse of a group, in its order; one number where all have the same.
 *
 * @param place Where the group is written.
 * @throws InputError if the seed draws a synapse for which a given matrix has no delay.
 */
export function drawDelays(
  place: string,
  { delay = 1, edges }: Delays,
  { rowStart, pre }: { readonly rowStart: Int32Array; readonly pre: Int32Array },
  seed: number,
  ...path: readonly string[]
): number | Int32Array {
  if (edges?.delays) return Int32Array.from(edges.delays);
  if (typeof delay === 'number') return delay;
  if ('kind' in delay) return Int32Array.from(pre, integerSampler(delay, stream(seed, ...path)));
  const each = new Int32Array(pre.length);
  delay.forEach((row, i) => {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      if (Number.isNaN(row[pre[k]])) throw missing(`${place}.delay[${i}][${pre[k]}]`, 'delay', seed);
      each[k] = row[pre[k]];
    }
  });
  return each;
}

/** The longest delay of any synapse of a built group, in timesteps. */
export function longestDelay({ delay, longer }: Pick<BuiltGroup, 'delay' | 'longer'>): number {
  return delay + (longer?.reduce((one, other) => Math.max(one, other)) ?? 0);
}

/** The error of a matrix that has no number for a synapse that is drawn. */
export function missing(place: string, what: string, seed: number): InputError {
  return new InputError(place, `has no ${what}, but seed ${seed} draws a synapse here; give a number`);
}
