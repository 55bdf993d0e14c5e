import { InputError, onlyFields, show } from '../errors/index.ts';
import type { Stream } from '../random/index.ts';
import { isArrayLike } from '../local/index.ts';
import { isBetween } from './checks.ts';
import { checkedRows } from './initial-weights.ts';

/** Which neurons of two populations are joined by a synapse. */
export type Connectivity =
  | { readonly kind: 'probability'; readonly probability: number; readonly autapses: boolean }
  | { readonly kind: 'mask'; readonly mask: ArrayLike<MaskRow> }
  | { readonly kind: 'one-to-one' };

/** One postsynaptic neuron's row of a mask: true or 1 where there is a synapse. */
export type MaskRow = ArrayLike<boolean | 0 | 1> | Uint8Array | Int8Array | Int32Array | Float32Array | Float64Array;

/** Each pair is joined with this probability, drawn once per seed; `autapses: false` joins no neuron with itself. */
export function probability(p: number, options: { autapses?: boolean } = {}): Connectivity {
  onlyFields('probability', options, ['autapses']);
  const { autapses = true } = options;
  return { kind: 'probability', probability: p, autapses };
}

/** Exactly the pairs whose entry is true (or 1) are joined. Row = postsynaptic, column = presynaptic; rows are lists or typed arrays. */
export function mask(rows: ArrayLike<MaskRow>): Connectivity {
  return { kind: 'mask', mask: rows };
}

/** Each neuron is joined with the neuron of the same number in the other population. */
export function oneToOne(): Connectivity {
  return { kind: 'one-to-one' };
}

export function checkConnectivity(place: string, connect: Connectivity | null, rows: number, columns: number): void {
  switch (connect?.kind) {
    case 'probability':
      if (!isBetween(connect.probability, 0, 1)) {
        throw new InputError(`${place}.probability`, `${show(connect.probability)} is not between 0 and 1`);
      }
      return;
    case 'mask':
      checkMask(`${place}.mask`, connect.mask, rows, columns);
      return;
    case 'one-to-one':
      if (rows === columns) return;
      throw new InputError(
        place,
        `one-to-one needs populations of the same size, got ${columns} presynaptic and ${rows} postsynaptic neurons; use mask([...])`,
      );
    default:
      throw new InputError(place, `expected probability(0.1), oneToOne() or mask([...]), got ${show(connect)}`);
  }
}

function checkMask(place: string, mask: unknown, rows: number, columns: number): void {
  if (!isArrayLike(mask)) throw new InputError(place, `expected a matrix, rows of 1 and 0, got ${show(mask)}`);
  checkedRows(place, mask, rows, columns).forEach((row, i) => {
    Array.from(row).forEach((entry, j) => {
      if (typeof entry !== 'boolean' && entry !== 0 && entry !== 1) {
        throw new InputError(`${place}[${i}][${j}]`, `expected 1 or 0, got ${show(entry)}`);
      }
    });
  });
}

/** The probability that a pair is joined: 0 or 1, or between them where that depends on the seed. */
export function chanceOf(
  connect: Connectivity | undefined,
  post: number,
  pre: number,
  withinPopulation: boolean,
): number {
  switch (connect?.kind) {
    case undefined:
      return 1;
    case 'one-to-one':
      return pre === post ? 1 : 0;
    case 'mask':
      return Number(connect.mask[post][pre]);
    case 'probability':
      return withinPopulation && !connect.autapses && pre === post ? 0 : connect.probability;
  }
}

/** The presynaptic neurons of postsynaptic neuron `post`, ascending. Call it for post = 0, 1, ... in order. */
export function presynapticOf(
  connect: Connectivity,
  post: number,
  columns: number,
  withinPopulation: boolean,
  random: Stream,
): number[] {
  const all = Array.from({ length: columns }, (_, j) => j);
  if (connect.kind === 'one-to-one') return [post];
  if (connect.kind === 'mask') return all.filter((j) => Boolean(connect.mask[post][j]));
  return all.filter((j) => random() < connect.probability && (connect.autapses || !withinPopulation || j !== post));
}
