import { InputError, show } from '../errors/index.ts';
import type { Stream } from './stream.ts';

/** Whole numbers from `low` to `high`, both included, each as likely as any other. */
export interface Integers {
  readonly kind: 'integers';
  readonly low: number;
  readonly high: number;
}

/** Whole numbers from `low` to `high`, both included, each as likely as any other. */
export function integers(low: number, high: number): Integers {
  const made: Integers = { kind: 'integers', low, high };
  checkIntegers('integers', made);
  return made;
}

/** Whether this says how whole numbers are drawn. */
export function isIntegers(value: unknown): value is Integers {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'integers';
}

/** @throws InputError unless `low` and `high` are whole numbers, the smaller first. */
export function checkIntegers(place: string, { low, high }: Integers): void {
  for (const [name, value] of Object.entries({ low, high })) {
    if (!Number.isSafeInteger(value)) throw new InputError(`${place}.${name}`, `${show(value)} is not a whole number`);
  }
  if (low > high) throw new InputError(place, `low ${low} is above high ${high}; give the smaller first`);
}

/** A function that draws whole numbers from `source`. */
export function integerSampler({ low, high }: Integers, source: Stream): () => number {
  return () => low + Math.floor(source() * (high - low + 1));
}
