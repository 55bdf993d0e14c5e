import { z } from 'zod';
import { certificate } from './certificate-schema.ts';
import { check, fields } from './check.ts';
import { writeWhole } from './files.ts';
import { readJson } from './json.ts';
import { listOf, recordOf } from './lists.ts';
import type { Summary } from './summary.ts';

const count = z.int().min(0);
const maybe = z.number().nullable();
const numbers = recordOf(z.number());
/** Missing in a summary of before there were dials. */
const dials = recordOf(z.string()).default({});

/** Presentation MathML of the elements that formulas are made of, and no other: it goes into the report as it is. */
const mathml = z.string().refine(
  (text) => {
    const bare = text.replaceAll(
      /<\/?m(?:ath|row|i|n|o|sub|sup|frac|sqrt|table|tr|td|text)>|<math display="block">/g,
      '',
    );
    return !/[<>]/.test(bare) && !/&(?!(?:lt|gt|amp|#160);)/.test(bare);
  },
  { error: 'is no formula in MathML, as rxflo writes it' },
);

const part = { kind: z.enum(['plasticity rule', 'neuron model']), name: z.string() };
const opaquePart = fields({ ...part, opaque: z.literal(true) });
const readPart = fields({
  ...part,
  opaque: z.literal(false),
  formulas: listOf(fields({ latex: z.string(), mathml, text: z.string() })),
  reads: recordOf(listOf(z.string())),
  cost: fields({ operations: numbers, total: count, bytes: count }),
});

/** What came with the choice of engines may be missing, in a summary of before. */
const learner = fields({
  learner: z.string(),
  algorithm: z.string().optional(),
  rules: z.record(z.string(), fields({ rule: z.string(), params: numbers })).exactOptional(),
  engine: z.string(),
  precision: z.string().default('f64'),
  schedule: z.string(),
  feedback: z.string(),
  rateHalfLife: z.number().min(0).default(0),
  trials: count,
  ended: z.string(),
  error: z.string().nullable(),
  firstLoss: maybe,
  finalLoss: maybe,
  meanFinalLoss: maybe,
  alignment: maybe,
  gradientAlignment: maybe.default(null),
  scores: recordOf(z.union([maybe, z.literal('diverged')])).default({}),
  seconds: z.number().min(0),
  millisecondsPerTrial: maybe,
}).transform(({ algorithm, ...how }) => ({
  ...how,
  algorithm: algorithm ?? (how.engine === 'actors' ? 'local' : how.engine),
}));

const schema: z.ZodType<Summary> = fields({
  format: z.literal('rxflo-summary/1'),
  title: z.string(),
  scenario: z.string(),
  state: z.enum(['finished', 'interrupted', 'failed']),
  seed: z.number(),
  versions: recordOf(z.string()),
  settings: recordOf(z.union([z.string(), z.number(), z.boolean()], { error: 'text, a number, true or false' })),
  stops: fields({ trials: maybe, targetLoss: maybe, patience: maybe, seconds: maybe }),
  probes: recordOf(z.unknown()),
  circuit: fields({
    populations: listOf(
      fields({
        name: z.string(),
        model: z.string(),
        size: count,
        params: z.record(z.string(), z.union([z.number(), z.string()])),
        dials,
      }),
    ),
    synapses: listOf(
      fields({
        name: z.string(),
        from: z.string(),
        to: z.string(),
        delay: count,
        count,
        rule: z.string().nullable(),
        params: numbers,
        dials,
      }),
    ),
    feedback: listOf(
      fields({
        name: z.string(),
        from: z.string(),
        to: z.string(),
        dials,
      }),
    ),
    local: listOf(z.discriminatedUnion('opaque', [opaquePart, readPart])).default([]),
  }),
  task: fields({ name: z.string(), settings: recordOf(z.unknown()) }),
  learners: listOf(learner),
  comparisons: listOf(
    fields({
      learners: z.tuple([z.string(), z.string()]),
      trials: count,
      weightsAfter: z.boolean(),
      same: z.boolean(),
      firstDifference: fields({ trial: count.nullable(), what: z.string() }).nullable(),
      faster: z.string().nullable(),
      times: maybe,
    }),
  ).default([]),
  certificates: listOf(certificate).default([]), // none in a summary of before
});

/** Writes `summary.json` whole or not at all. */
export function writeSummary(file: string, summary: Summary): void {
  writeWhole(file, `${JSON.stringify(summary, null, 2)}\n`);
}

/** @throws InputError if the file cannot be read, is no summary of this version, or a field is wrong. */
export function readSummary(file: string): Summary {
  return check(schema, readJson(file), file);
}
