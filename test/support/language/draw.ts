import { stream, type Stream } from '../../../src/random/index.ts';

/** Draws by chance, the same for its number. */
export class Draw {
  readonly random: Stream;

  /** @param density How often what may be there is there: 1 as usual; with 2, what is missing as a rule would have to be missing twice. */
  constructor(
    k: number,
    private readonly density = 1,
  ) {
    this.random = stream(k, 'language');
  }

  /** One of two that mean as much. */
  chance = (p: number): boolean => this.random() < p;
  /** Whether something is there. */
  has = (p: number): boolean => this.random() < 1 - (1 - p) ** this.density;
  maybe = <T>(p: number, make: () => T): T | undefined => (this.has(p) ? make() : undefined);
  upTo = (most: number): number => 1 + this.below(most);
  below = (count: number): number => Math.floor(this.random() * count);
  pick = <T>(items: readonly T[]): T => items[this.below(items.length)];
}
