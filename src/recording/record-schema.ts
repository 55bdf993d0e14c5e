import { z } from 'zod';
import { oneOf } from '../errors/index.ts';
import { check, fields } from './check.ts';
import { listOf, recordOf } from './lists.ts';
import type { NumberArray, RunRecord } from './records.ts';

/** Every dimension fits an array index, so their product is exact as long as the data can be held at all. */
const dimension = z.int().min(0).max(0xffffffff);

/** Numbers with a shape, which must match the number of bytes. */
export const numberArraySchema: z.ZodType<NumberArray> = fields({
  dtype: z.literal('<f8'),
  shape: listOf(dimension, { most: 8 }),
  data: z.instanceof(Uint8Array),
}).superRefine(({ shape, data }, context) => {
  const wanted = 8 * shape.reduce((product, size) => product * size, 1);
  if (data.length !== wanted) {
    const problem = `has ${data.length} bytes; the shape [${shape.join(', ')}] takes ${wanted}`;
    context.addIssue({ code: 'custom', path: ['data'], message: problem });
  }
});

/** At least one row and one column: a shape of 4294967295 x 0 takes no bytes, but readers go through it row by row. */
export const matrixSchema = numberArraySchema.refine(({ shape }) => shape.length === 2 && !shape.includes(0), {
  path: ['shape'],
  message: 'is not a matrix; give rows and columns, at least one of each',
});

/** Every number can be read back, even NaN and the infinities: a recording shows what happened, right or wrong. */
const float = z.custom<number>((value) => typeof value === 'number', {
  message: 'is missing or not a number; give a number',
});
const name = z.string().min(1).max(200);
/** The most learners, scores and the like. */
export const MOST_NAMES = 1000;
const count = z.int().min(0);

/** The most numbers of one reading: all that a record can hold. */
const WIDEST = 2 ** 27;

/** A score of a test. */
export const namedScoreSchema = fields({ name: z.string(), label: z.string(), better: z.enum(['higher', 'lower']) });

/** A floor of a task's loss. */
export const floorSchema = fields({ name: z.string(), loss: z.number().min(0) });

const moment = z.enum(['before', 'after']);

const kinds = [
  fields({
    kind: z.literal('header'),
    format: z.literal('rxflo-recording/1'),
    title: z.string(),
    seed: float,
    learners: listOf(name, { most: MOST_NAMES }),
    precision: recordOf(z.literal('f32'), name).exactOptional(),
    gradientAlignment: recordOf(listOf(name, { most: MOST_NAMES }), name).exactOptional(),
    probes: recordOf(count.max(WIDEST), name).exactOptional(),
    floors: listOf(floorSchema, { most: MOST_NAMES }).exactOptional(),
    loss: name.exactOptional(),
    test: fields({
      scores: listOf(namedScoreSchema, { most: MOST_NAMES }),
      probes: listOf(name, { most: MOST_NAMES }),
    }).exactOptional(),
  }),
  fields({ kind: z.literal('trial'), learner: name, trial: count, loss: float, alignment: float.nullable() }),
  fields({
    kind: z.literal('probe'),
    learner: name,
    probe: name,
    trial: count,
    timestep: count.nullable(),
    values: numberArraySchema,
  }),
  fields({ kind: z.literal('weights'), learner: name, when: moment, group: name, values: matrixSchema }),
  fields({
    kind: z.literal('activity'),
    learner: name,
    when: moment,
    population: name,
    rates: matrixSchema,
    target: matrixSchema.nullable(),
  }).refine(({ rates, target }) => !target || String(target.shape) === String(rates.shape), {
    path: ['target', 'shape'],
    message: 'differs from the shape of the rates; give a target for each rate, or null',
  }),
  fields({ kind: z.literal('shown'), learner: name, when: moment, probe: name, values: matrixSchema }),
  fields({ kind: z.literal('scores'), learner: name, values: numberArraySchema }),
  fields({
    kind: z.literal('finished'),
    learner: name,
    reason: z.enum(['trials', 'loss', 'patience', 'time', 'stopped']),
    trials: count,
  }),
] as const;

const recordSchema: z.ZodType<RunRecord> = z.discriminatedUnion('kind', kinds, {
  error: () => oneOf(['header', 'trial', 'probe', 'weights', 'activity', 'shown', 'scores', 'finished']),
});

/** @throws InputError at `place` if the value is not a record of a recording. */
export function checkRecord(value: unknown, place: string): RunRecord {
  return check(recordSchema, value, place);
}
