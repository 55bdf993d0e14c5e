import { InputError, show } from '../errors/index.ts';

/** @throws InputError if there is no seed, one that is not a whole number, or one that is there twice. */
export function checkSeeds(seeds: readonly number[]): void {
  if (!Array.isArray(seeds) || seeds.length === 0) {
    throw new InputError('seeds', `${show(seeds)} names no seed; give a list of whole numbers, such as [1, 2, 3]`);
  }
  const known = new Set<number>();
  seeds.forEach((seed: number, i) => {
    const place = `seeds[${i}]`;
    if (!Number.isSafeInteger(seed)) throw new InputError(place, `${show(seed)} is not a whole number`);
    if (known.has(seed)) {
      throw new InputError(place, `${show(seed)} is there twice, and would give the same bits again; leave one out`);
    }
    known.add(seed);
  });
}
