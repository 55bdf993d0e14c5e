import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../../errors/index.ts';
import type { Realization } from '../../training/index.ts';
import { check, fields } from '../check.ts';
import type { Identity } from '../identity.ts';
import { readOnlyFrame, writeOnlyFrame } from '../only-frame.ts';
import { pack, unpack } from '../pack.ts';
import { numberArraySchema } from '../record-schema.ts';
import { numberArray, numbersOf, type NumberArray } from '../records.ts';

/** Which realization of which sweep a file is of. */
export interface RealizationPlace {
  /** The sweep's identity. */
  readonly identity: Identity;
  /** The cell's number, from 1. */
  readonly cell: number;
  readonly seed: number;
}

const FORMAT = 'rxflo-realization/1';

const numbers = numberArraySchema.refine(({ shape }) => shape.length === 1, {
  path: ['shape'],
  message: 'has not one dimension',
});
const schema = fields({
  format: z.literal(FORMAT),
  sweep: z.string(),
  cell: z.int().min(1),
  seed: z.int(),
  learner: z.string(),
  reason: z.enum(['trials', 'loss', 'patience', 'time', 'stopped', 'failed']),
  error: z.string().nullable(),
  diverged: z.boolean(),
  losses: numbers,
  alignment: numbers,
  weights: z.record(z.string(), numbers).nullable(),
});

/** A realization as a sweep keeps it: its learner is always known. */
export type KeptRealization = Realization & { readonly learner: string };

/** Keeps a realization that has ended: whole or not at all. */
export function writeRealization(file: string, place: RealizationPlace, realization: KeptRealization): void {
  const { learner, reason, losses, alignment } = realization;
  const failed = realization.reason === 'failed' ? realization : { error: null, diverged: false };
  const weights = realization.reason === 'failed' ? null : mapValues(realization.weights, packed);
  const content = {
    ...{ format: FORMAT, sweep: digest(place.identity), cell: place.cell, seed: place.seed, learner, reason },
    ...{
      error: failed.error,
      diverged: failed.diverged,
      losses: packed(losses),
      alignment: packed(alignment),
      weights,
    },
  };
  writeOnlyFrame(file, pack(content));
}

/** @throws InputError if the file cannot be read, is damaged, is wrong in itself, or is of another realization. */
export function readRealization(file: string, { identity, cell, seed }: RealizationPlace): KeptRealization {
  const again = 'delete it, and resume, to have it run again';
  try {
    const found = check(schema, unpack(readOnlyFrame(file, 'realization'), file), file);
    if (found.sweep !== digest(identity)) throw new InputError(file, 'is of another sweep');
    if (found.cell !== cell || found.seed !== seed) {
      throw new InputError(file, `is of cell ${found.cell}, seed ${found.seed}, and not of cell ${cell}, seed ${seed}`);
    }
    const { learner, reason, error, diverged } = found;
    const [losses, alignment] = [numbersOf(found.losses), numbersOf(found.alignment)];
    if (losses.length !== alignment.length) {
      throw new InputError(`${file}: alignment`, `has ${alignment.length} values; there are ${losses.length} losses`);
    }
    const course = { seed, learner, losses, alignment };
    if (reason === 'failed') return { ...course, reason, error: error ?? 'unknown', diverged };
    if (found.weights === null) throw new InputError(`${file}: weights`, 'is null, and the realization did not fail');
    return { ...course, reason, weights: mapValues(found.weights, numbersOf) };
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.place, `${error.problem}; ${again}`) : error;
  }
}

function digest(identity: Identity): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function packed(values: Float64Array): NumberArray {
  return numberArray(values, [values.length]);
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
