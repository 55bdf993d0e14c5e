import { stream } from '../../src/random/index.ts';

/** Chance with a name: the same numbers on every machine, whatever versions the test tools have. */
export class Dice {
  private readonly random: () => number;

  constructor(...name: readonly (string | number)[]) {
    this.random = stream(1, 'digests', ...name);
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return this.random() < probability;
  }

  /** What `make` makes, with this probability. */
  maybe<T>(probability: number, make: () => T): T | undefined {
    return this.happens(probability) ? make() : undefined;
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  among<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)];
  }

  /** Fisher and Yates' shuffle. */
  shuffled<T>(list: readonly T[]): T[] {
    const drawn = [...list];
    for (let last = drawn.length - 1; last > 0; last--) {
      const place = this.whole(0, last);
      [drawn[last], drawn[place]] = [drawn[place], drawn[last]];
    }
    return drawn;
  }
}
