import { z } from 'zod';
import { algorithmNamed } from '../algorithms/index.ts';
import { certificate } from './certificate-schema.ts';
import { check, fields } from './check.ts';
import { writeWhole } from './files.ts';
import { readJson } from './json.ts';
import { listOf, recordOf } from './lists.ts';
import type { Summary } from './summary.ts';

const count = z.int().min(0);
const maybe = z.number().nullable();
const numbers = recordOf(z.number());
/** Missing in summaries from before there were dials. */
const dials = recordOf(z.string()).default({});

/** Presentation MathML with only the elements that formulas use, because the report contains it unescaped. */
const mathml = z.string().refine(
  (text) => {
    const bare = text.replaceAll(
      /<\/?m(?:ath|row|i|n|o|sub|sup|frac|sqrt|table|tr|td|text)>|<math display="block">/g,
      '',
    );
    return !/[<>]/.test(bare) && !/&(?!(?:lt|gt|amp|#160);)/.test(bare);
  },
  { error: 'expected a formula in MathML, as rxflo writes it' },
);

const parameters = recordOf(z.union([z.number(), z.string()]));
const part = { kind: z.enum(['plasticity rule', 'neuron model']), name: z.string() };
const opaquePart = fields({ ...part, opaque: z.literal(true) });
const readPart = fields({
  ...part,
  opaque: z.literal(false),
  formulas: listOf(fields({ latex: z.string(), mathml, text: z.string() })),
  reads: recordOf(listOf(z.string())),
  cost: fields({ operations: numbers, total: count, bytes: count }),
});

const run = {
  learner: z.string(),
  rules: z
    .record(
      z.string(),
      fields({
        ...{ rule: z.string(), params: parameters },
        optimiser: fields({ name: z.string(), params: parameters }).exactOptional(),
      }),
    )
    .exactOptional(),
  engine: z.string(),
  schedule: z.string(),
  evaluation: z.enum(['history', 'trace']).exactOptional(),
  batch: z.int().min(1).exactOptional(),
  feedback: z.string(),
  trials: count,
  ended: z.string(),
  error: z.string().nullable(),
  firstLoss: maybe,
  finalLoss: maybe,
  alignment: maybe,
  seconds: z.number().min(0),
  millisecondsPerTrial: maybe,
};
const scores = recordOf(z.union([maybe, z.literal('diverged')]));

const learner = fields({
  ...run,
  algorithm: z.string(),
  title: z.string(),
  settings: recordOf(z.unknown()),
  exact: z.boolean(),
  kernels: z.boolean(),
  lack: z.string().exactOptional(),
  precision: z.string(),
  rateHalfLife: z.number().min(0),
  lastLoss: maybe,
  gradientAlignment: maybe,
  scores,
});

/** In an earlier summary: its final loss is that of the last trial; the oldest have neither an algorithm nor a precision. */
const earlierLearner = fields({
  ...run,
  algorithm: z.string().optional(),
  precision: z.string().default('f64'),
  rateHalfLife: z.number().min(0).default(0),
  meanFinalLoss: maybe,
  gradientAlignment: maybe.default(null),
  scores: scores.default({}),
}).transform(({ algorithm: named, meanFinalLoss, finalLoss, ...how }) => {
  const algorithm = named ?? (how.engine === 'actors' ? 'local' : how.engine);
  const known = algorithmNamed(algorithm);
  return {
    ...how,
    ...{ algorithm, title: known?.title ?? algorithm, settings: {}, exact: known?.exact ?? false },
    ...{ kernels: known?.kernel !== undefined, lastLoss: finalLoss, finalLoss: meanFinalLoss },
  };
});

/** The one that is written, and the previous one, which can be read, too. */
const FORMATS = ['rxflo-summary/2', 'rxflo-summary/1'] as const;

const common = {
  format: z.enum(FORMATS).transform(() => FORMATS[0]),
  title: z.string(),
  scenario: z.string(),
  state: z.enum(['finished', 'interrupted', 'failed']),
  seed: z.number(),
  versions: recordOf(z.string()),
  settings: recordOf(z.union([z.string(), z.number(), z.boolean()], { error: 'text, a number, true or false' })),
  carry: z.literal(true).exactOptional(),
  stops: fields({ trials: maybe, targetLoss: maybe, patience: maybe, seconds: maybe }),
  probes: recordOf(z.unknown()),
  circuit: fields({
    populations: listOf(
      fields({
        name: z.string(),
        model: z.string(),
        size: count,
        params: parameters,
        dials,
      }),
    ),
    synapses: listOf(
      fields({
        name: z.string(),
        from: z.string(),
        to: z.string(),
        delay: z.union([count, z.string()]),
        count,
        rule: z.string().nullable(),
        params: parameters,
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
  certificates: listOf(certificate).default([]), // earlier summaries have none
};
const schema: z.ZodType<Summary> = fields({ ...common, learners: listOf(learner) });
const earlierSchema: z.ZodType<Summary> = fields({ ...common, learners: listOf(earlierLearner) });

/** Writes `summary.json` completely or not at all. */
export function writeSummary(file: string, summary: Summary): void {
  writeWhole(file, `${JSON.stringify(summary, null, 2)}\n`);
}

/** @throws InputError if the file cannot be read, is not a summary of this version, or has a wrong field. */
export function readSummary(file: string): Summary {
  const content = readJson(file);
  const isEarlier =
    typeof content === 'object' && content !== null && 'format' in content && content.format === FORMATS[1];
  return check(isEarlier ? earlierSchema : schema, content, file);
}
