import { InputError, show } from '../errors/index.ts';

/** @throws InputError if there are no seeds, one is not a whole number, or one is listed twice. */
export function checkSeeds(seeds: readonly number[]): void {
  if (!Array.isArray(seeds) || seeds.length === 0) {
    throw new InputError('seeds', `expected a list of whole numbers, such as [1, 2, 3], got ${show(seeds)}`);
  }
  const known = new Set<number>();
  seeds.forEach((seed: number, i) => {
    const place = `seeds[${i}]`;
    if (!Number.isSafeInteger(seed)) throw new InputError(place, `${show(seed)} is not a whole number`);
    if (known.has(seed)) {
      throw new InputError(place, `${show(seed)} is listed twice; remove one`);
    }
    known.add(seed);
  });
}

/** The seeds of a list, or that many, 1, 2, 3 and so on. @throws InputError as `checkSeeds`, or if the number is not a whole number above 0. */
export function seedsOf(seeds: number | readonly number[]): readonly number[] {
  if (typeof seeds !== 'number') {
    checkSeeds(seeds);
    return seeds;
  }
  if (!Number.isSafeInteger(seeds) || seeds < 1 || seeds > MOST_SEEDS) {
    throw new InputError(
      'seeds',
      `${show(seeds)} is not a whole number from 1 to ${MOST_SEEDS}; give the number of seeds, or a list of them`,
    );
  }
  return Array.from({ length: seeds }, (_, i) => i + 1);
}

/** Far more than anyone runs: a typo must not fill the memory. */
const MOST_SEEDS = 100_000;
