import { InputError, onlyFields, show } from '../errors/index.ts';
import type { Stream } from '../random/index.ts';
import { isList } from './checks.ts';

/** Which neurons of two populations are joined by a synapse. */
export type Connectivity =
  | { readonly kind: 'probability'; readonly probability: number; readonly autapses: boolean }
  | { readonly kind: 'mask'; readonly mask: readonly (readonly (boolean | 0 | 1)[])[] }
  | { readonly kind: 'one-to-one' };

/** Each pair is joined with this probability, drawn once per seed; `autapses: false` joins no neuron with itself. */
export function probability(p: number, options: { autapses?: boolean } = {}): Connectivity {
  onlyFields('probability', options, ['autapses']);
  const { autapses = true } = options;
  return { kind: 'probability', probability: p, autapses };
}

/** Exactly the pairs whose entry is true (or 1) are joined. Row = postsynaptic, column = presynaptic. */
export function mask(rows: readonly (readonly (boolean | 0 | 1)[])[]): Connectivity {
  return { kind: 'mask', mask: rows };
}

/** Each neuron with the one of the same number in the other population. */
export function oneToOne(): Connectivity {
  return { kind: 'one-to-one' };
}

export function checkConnectivity(place: string, connect: Connectivity | null, rows: number, columns: number): void {
  switch (connect?.kind) {
    case 'probability':
      if (!(connect.probability >= 0 && connect.probability <= 1)) {
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
        `joins neurons of the same number, and there are ${columns} presynaptic and ${rows} postsynaptic ones; give mask([...])`,
      );
    default:
      throw new InputError(
        place,
        `${show(connect)} is no connectivity; give probability(0.1), oneToOne() or mask([...])`,
      );
  }
}

function checkMask(place: string, mask: readonly (readonly unknown[])[], rows: number, columns: number): void {
  if (!isList(mask)) throw new InputError(place, `${show(mask)} is no matrix; give rows of 1 and 0`);
  if (mask.length !== rows) {
    throw new InputError(place, `has ${mask.length} rows; give ${rows}, one for each postsynaptic neuron`);
  }
  mask.forEach((row, i) => {
    if (!isList(row) || row.length !== columns) {
      const found = isList(row) ? `has ${row.length} columns` : `${show(row)} is no row`;
      throw new InputError(`${place}[${i}]`, `${found}; give ${columns}, one for each presynaptic neuron`);
    }
    row.forEach((entry, j) => {
      if (typeof entry !== 'boolean' && entry !== 0 && entry !== 1) {
        throw new InputError(`${place}[${i}][${j}]`, `${show(entry)} is neither true nor false; give 1 or 0`);
      }
    });
  });
}

/** The presynaptic neurons of postsynaptic neuron `post`, ascending. Call it for post = 0, 1, ... in order. */
export function presynapticOf(
  connect: Connectivity | undefined,
  post: number,
  columns: number,
  withinPopulation: boolean,
  random: Stream,
): number[] {
  const all = Array.from({ length: columns }, (_, j) => j);
  if (!connect) return all;
  if (connect.kind === 'one-to-one') return [post];
  if (connect.kind === 'mask') return all.filter((j) => Boolean(connect.mask[post][j]));
  return all.filter((j) => random() < connect.probability && (connect.autapses || !withinPopulation || j !== post));
}
