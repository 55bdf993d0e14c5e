import { z } from 'zod';
import { oneOf } from '../errors/index.ts';
import { LOCALITY_CLASSES, type LocalityClass } from '../locality/index.ts';
import { brief, fields } from './check.ts';
import { listOf, recordOf } from './lists.ts';

const localityClass = z.custom<LocalityClass>(
  (value) =>
    typeof value === 'string' &&
    (Object.hasOwn(LOCALITY_CLASSES, value) || /^spatially nonlocal within \d+ hops?$/.test(value)),
  { error: ({ input }) => `unknown locality class ${brief(input)}; expected ${oneOf(Object.keys(LOCALITY_CLASSES))}` },
);
const count = z.int().min(0);
const texts = listOf(z.string());
const need = fields({ class: localityClass, what: z.string() });

/** Each scope may be missing. */
const reads = z.partialRecord(
  z.enum([
    'own weight',
    'own state',
    'summed input',
    'presynaptic',
    'postsynaptic',
    'learning signal',
    'global',
    'parameter',
    'other neurons',
    'other weights',
    'later timesteps',
  ]),
  texts,
);

const loihi = fields({
  fits: z.boolean(),
  equations: texts,
  variables: recordOf(z.string()),
  traces: listOf(fields({ state: z.string(), variable: z.string(), linearDecay: z.boolean() })),
  misfits: texts,
});

const synapses = fields({
  group: z.string().nullable(),
  rule: z.string().nullable(),
  class: localityClass,
  needs: listOf(need),
  reads: reads.nullable(),
  stores: fields({ numbers: count, bytes: count, perNeuronAndTimestep: count }).nullable(),
  computes: fields({ operations: recordOf(count), total: count }).nullable(),
  causal: z.boolean().nullable(),
  loihi: loihi.nullable(),
  notes: texts,
});

/** `rxflo-certificate/1`. */
export const certificate = fields({
  format: z.literal('rxflo-certificate/1'),
  kind: z.enum(['rule', 'neuron model', 'learner']),
  name: z.string(),
  class: localityClass,
  verdict: z.string(),
  causal: z.boolean().nullable(),
  crossing: texts,
  synapses: listOf(synapses),
});
