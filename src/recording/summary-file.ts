import { z } from 'zod';
import { check, fields } from './check.ts';
import { readJson, writeWhole } from './files.ts';
import type { Summary } from './summary.ts';

/** Far above any summary: what is larger is another file. */
const LARGEST = 64 * 1024 * 1024;

const count = z.int().min(0);
const maybe = z.number().nullable();
const numbers = z.record(z.string(), z.number());

const schema: z.ZodType<Summary> = fields({
  format: z.literal('rxflo-summary/1'),
  title: z.string(),
  scenario: z.string(),
  state: z.enum(['finished', 'interrupted', 'failed']),
  seed: z.number(),
  versions: z.record(z.string(), z.string()),
  settings: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()], { error: 'text, a number, true or false' }),
  ),
  stops: fields({ trials: maybe, targetLoss: maybe, patience: maybe, seconds: maybe }),
  probes: z.record(z.string(), z.unknown()),
  circuit: fields({
    populations: z.array(fields({ name: z.string(), model: z.string(), size: count, params: numbers })),
    synapses: z.array(
      fields({
        name: z.string(),
        from: z.string(),
        to: z.string(),
        delay: count,
        count,
        rule: z.string().nullable(),
        params: numbers,
      }),
    ),
    feedback: z.array(fields({ name: z.string(), from: z.string(), to: z.string() })),
  }),
  task: fields({ name: z.string(), settings: z.record(z.string(), z.unknown()) }),
  learners: z.array(
    fields({
      learner: z.string(),
      engine: z.string(),
      schedule: z.string(),
      feedback: z.string(),
      trials: count,
      ended: z.string(),
      error: z.string().nullable(),
      firstLoss: maybe,
      finalLoss: maybe,
      meanFinalLoss: maybe,
      alignment: maybe,
      seconds: z.number().min(0),
      millisecondsPerTrial: maybe,
    }),
  ),
});

/** Writes `summary.json` whole or not at all. */
export function writeSummary(file: string, summary: Summary): void {
  writeWhole(file, `${JSON.stringify(summary, null, 2)}\n`);
}

/** @throws InputError if the file cannot be read, is no summary of this version, or a field is wrong. */
export function readSummary(file: string): Summary {
  return check(schema, readJson(file, LARGEST), file);
}
