import { z } from 'zod';
import { InputError } from '../errors/index.ts';
import type { SessionState } from '../training/index.ts';
import { brief, check, fields } from './check.ts';
import { recordOf } from './lists.ts';
import { pack, unpack } from './pack.ts';
import { numberArraySchema } from './record-schema.ts';
import { numberArray, numbersOf } from './records.ts';
import { readOnlyFrame, writeOnlyFrame } from './only-frame.ts';

/** How far one learner of a run has come. */
export interface LearnerCheckpoint {
  readonly state: SessionState;
  /** Why it ended; null while it still has trials to run. */
  readonly ended: string | null;
  /** The recording's length after its last trial, before what is recorded at the end; absent while it runs, or if it failed. */
  readonly trialsEnd?: number;
}

/** Everything a run needs to continue as if it had never stopped. */
export interface Checkpoint {
  /** What must be the same for the run to be resumed, by name, such as its seed. */
  readonly identity: Readonly<Record<string, string>>;
  /** The recording's length when this was saved; anything after it is dropped on resuming. */
  readonly recordingBytes: number;
  /** By the learner's name. */
  readonly learners: Readonly<Record<string, LearnerCheckpoint>>;
}

const FORMAT = 'rxflo-checkpoint/1';

const count = z.int().min(0);
const numbers = numberArraySchema.refine(({ shape }) => shape.length === 1, {
  path: ['shape'],
  message: 'must have one dimension; give the number of synapses',
});
const schema = fields({
  format: z.literal(FORMAT),
  identity: recordOf(z.string()),
  recordingBytes: count,
  learners: recordOf(
    fields({
      state: fields({
        trial: count,
        weights: recordOf(numbers),
        carried: recordOf(numbers).optional(),
        tuned: recordOf(recordOf(z.number())).exactOptional(),
        best: fields({ loss: z.number(), trial: count }).nullable(),
        last: fields({ loss: z.number(), alignment: z.number().nullable() }).nullable(),
        elapsed: z.number().min(0),
        inTrials: z.number().min(0).optional(),
      }),
      ended: z
        .string()
        .regex(/^(?:trials|loss|patience|time|stopped|failed: .*)$/s, {
          error: "'trials', 'loss', 'patience', 'time', 'stopped' or 'failed: ...'",
        })
        .nullable(),
      trialsEnd: count.exactOptional(),
    }),
  ),
});

/** Saves a checkpoint completely or not at all: the previous one stays until it is on the disk. */
export function saveCheckpoint(file: string, { identity, recordingBytes, learners }: Checkpoint): void {
  const arrays = (record: Readonly<Record<string, Float64Array>>) =>
    mapValues(record, (values) => numberArray(values, [values.length]));
  const packed = mapValues(learners, ({ state: { weights, carried, ...state }, ...rest }) => ({
    state: { ...state, weights: arrays(weights), ...(carried && { carried: arrays(carried) }) },
    ...rest,
  }));
  writeOnlyFrame(file, pack({ format: FORMAT, identity, recordingBytes, learners: packed }));
}

/**
 * Loads a checkpoint.
 *
 * @throws InputError if the file cannot be read, is not a checkpoint of this version, is damaged, or has a wrong field.
 */
export function loadCheckpoint(file: string): Checkpoint {
  const payload = readOnlyFrame(file, 'checkpoint', 'restore a good copy of it, or start a new run with --out');
  const { identity, recordingBytes, learners } = check(schema, unpack(payload, file), file);
  return {
    identity,
    recordingBytes,
    learners: mapValues(learners, ({ state: { weights, carried, ...state }, ...rest }, learner) => ({
      state: {
        ...state,
        inTrials: state.inTrials ?? state.elapsed, // older files lack it: the two were the same
        weights: mapValues(weights, (values, group) =>
          allFinite(`${file}: learners.${learner}.state.weights.${group}`, numbersOf(values)),
        ),
        ...(carried && { carried: mapValues(carried, numbersOf) }),
      },
      ...rest,
    })),
  };
}

/**
 * Checks that a checkpoint belongs to this run.
 *
 * @throws InputError naming the first thing that differs, both values and the fix.
 */
export function checkIdentity(
  file: string,
  found: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): void {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const [saved, asked] = [found, wanted].map((identity) => (Object.hasOwn(identity, name) ? identity[name] : null));
    if (saved === asked) continue;
    const [before, now] = [saved, asked].map((value) => (value === null ? 'none' : brief(value)));
    const problem = [before, now].some((text) => text.length > 60) // a digest, or too much to show
      ? 'differs from that of the saved run'
      : `the saved run has ${before}, this one ${now}`;
    throw new InputError(`${file}: ${name}`, `${problem}; resume with the same ${name}, or start a new run with --out`);
  }
}

function allFinite(place: string, values: Float64Array): Float64Array {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new InputError(`${place}[${wrong}]`, `${values[wrong]} is not a finite number`);
  return values;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
