import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../../errors/index.ts';
import type { OutputActivity, Realization } from '../../training/index.ts';
import { check, fields } from '../check.ts';
import { listOf, recordOf } from '../lists.ts';
import type { Identity } from '../identity.ts';
import { readOnlyFrame, writeOnlyFrame } from '../only-frame.ts';
import { pack, unpack } from '../pack.ts';
import { matrixSchema, numberArraySchema } from '../record-schema.ts';
import { numberArray, numbersOf, type NumberArray } from '../records.ts';

/** Which realization of which sweep a file holds. */
export interface RealizationPlace {
  /** The sweep's identity. */
  readonly identity: Identity;
  /** The cell's number, from 1. */
  readonly cell: number;
  readonly seed: number;
}

/** The first is written, and all can be read: version 2 had no tests, version 1 also no outputs. */
const FORMATS = ['rxflo-realization/3', 'rxflo-realization/2', 'rxflo-realization/1'] as const;

const numbers = numberArraySchema.refine(({ shape }) => shape.length === 1, {
  path: ['shape'],
  message: 'must have one dimension',
});
const activity = fields({ rates: matrixSchema, target: matrixSchema }).refine(
  ({ rates, target }) => String(target.shape) === String(rates.shape),
  { path: ['target', 'shape'], message: 'differs from the shape of the rates' },
);
const schema = fields({
  format: z.enum(FORMATS),
  sweep: z.string(),
  cell: z.int().min(1),
  seed: z.int(),
  learner: z.string(),
  reason: z.enum(['trials', 'loss', 'patience', 'time', 'stopped', 'failed']),
  error: z.string().nullable(),
  diverged: z.boolean(),
  losses: numbers,
  alignment: numbers,
  tested: fields({ trials: numbers, scores: recordOf(numbers) })
    .refine(({ trials, scores }) => Object.values(scores).every(({ shape: [length] }) => length === trials.shape[0]), {
      path: ['scores'],
      message: 'must hold one value for each of tested.trials',
    })
    .optional(),
  weights: recordOf(numbers).nullable(),
  outputs: recordOf(activity).nullable().default(null),
  shown: listOf(fields({ label: z.string(), outputs: recordOf(activity) })).default([]),
});

/** A realization as a sweep keeps it: its learner is always known. */
export type KeptRealization = Realization & { readonly learner: string };

/** Writes a realization that has ended, completely or not at all. */
export function writeRealization(file: string, place: RealizationPlace, realization: KeptRealization): void {
  const { learner, reason, losses, alignment, tested } = realization;
  const course = {
    ...{ losses: packed(losses), alignment: packed(alignment) },
    tested: { trials: packed(tested.trials), scores: mapValues(tested.scores, packed) },
  };
  const content = {
    ...{ format: FORMATS[0], sweep: digest(place.identity), cell: place.cell, seed: place.seed, learner, reason },
    ...endOf(realization, course),
  };
  writeOnlyFrame(file, pack(content));
}

/** The fields of the file that depend on how it ended, with its course between them, in their order. */
function endOf(realization: KeptRealization, course: object): object {
  if (realization.reason === 'failed') {
    const { error, diverged } = realization;
    return { error, diverged, ...course, weights: null, outputs: null, shown: [] };
  }
  const { weights, outputs, shown } = realization;
  return {
    ...{ error: null, diverged: false, ...course, weights: mapValues(weights, packed) },
    outputs: outputs && mapValues(outputs, packedActivity),
    shown: shown.map(({ label, outputs: answered }) => ({ label, outputs: mapValues(answered, packedActivity) })),
  };
}

function packedActivity({ size, rates, target }: OutputActivity) {
  const shape = [rates.length / size, size];
  return { rates: numberArray(rates, shape), target: numberArray(target, shape) };
}

/** @throws InputError if the file cannot be read, is damaged or inconsistent, or belongs to another realization. */
export function readRealization(file: string, { identity, cell, seed }: RealizationPlace): KeptRealization {
  const again = 'delete the file, and resume to have it run again';
  try {
    const found = check(schema, unpack(readOnlyFrame(file, 'realization'), file), file);
    if (found.sweep !== digest(identity)) throw new InputError(file, 'belongs to another sweep');
    if (found.cell !== cell || found.seed !== seed) {
      throw new InputError(
        file,
        `belongs to cell ${found.cell}, seed ${found.seed}, not to cell ${cell}, seed ${seed}`,
      );
    }
    const { learner, reason, error, diverged } = found;
    const [losses, alignment] = [numbersOf(found.losses), numbersOf(found.alignment)];
    if (losses.length !== alignment.length) {
      throw new InputError(
        `${file}: alignment`,
        `has ${alignment.length} values; expected ${losses.length}, one for each loss`,
      );
    }
    const { trials, scores } = found.tested ?? { trials: packed(new Float64Array(0)), scores: {} };
    const tested = { trials: numbersOf(trials), scores: mapValues(scores, numbersOf) };
    const course = { seed, learner, losses, alignment, tested };
    if (reason === 'failed') return { ...course, reason, error: error ?? 'unknown', diverged };
    if (found.weights === null) throw new InputError(`${file}: weights`, 'is null, but the realization did not fail');
    const outputs = found.outputs && mapValues(found.outputs, activityOf);
    const shown = found.shown.map((trial) => ({ label: trial.label, outputs: mapValues(trial.outputs, activityOf) }));
    return { ...course, reason, weights: mapValues(found.weights, numbersOf), outputs, shown };
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.place, `${error.problem}; ${again}`) : error;
  }
}

function digest(identity: Identity): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function activityOf({ rates, target }: z.infer<typeof activity>): OutputActivity {
  return { size: rates.shape[1], rates: numbersOf(rates), target: numbersOf(target) };
}

function packed(values: Float64Array): NumberArray {
  return numberArray(values, [values.length]);
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
