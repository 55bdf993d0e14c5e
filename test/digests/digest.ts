import { createHash } from 'node:crypto';
import { feedbackWeights, type Engine } from '../../src/circuit/index.ts';
import { InputError, RunError } from '../../src/errors/index.ts';
import {
  observe,
  openSession,
  type Probe,
  type ProbeReading,
  type Session,
  type SessionOptions,
} from '../../src/training/index.ts';
import { everythingOf } from '../support/agreement.ts';
import { endOf, eventsOf, ofType, trialsOf } from '../support/sessions.ts';

/** What neurons, outputs and rules publish, as it is at the end of the last timestep. */
const PUBLISHED = ['rate', 'potential', 'slope', 'retention', 'sent', 'signal', 'error', 'state'] as const;

/**
 * What digests are made of, in this order. `loss` is that of every trial; weights, what is carried and feedback weights are those at the end.
 * `course` is every rate, or what else is sent, in every timestep of the second trial, while it is learned; `replay` the same of the first trial, when it is run again
 * at the end without learning.
 */
export const QUANTITIES = ['loss', 'weights', 'carried', 'feedback', ...PUBLISHED, 'course', 'replay'] as const;

/**
 * What comes of a session: a digest of each quantity, one after another; or, after a colon, why there was none: `refused: ...`, `failed: ...`.
 */
export type Outcome = string;

/** Where a learner has nothing of a quantity. */
const NOTHING = '-';

/** Numbers by the names of what they belong to. */
type Named = readonly (readonly [name: string, values: Float64Array])[];

/**
 * The first 16 hexadecimal digits of the SHA-256 of numbers, in the order of their names: the bits of each float64, lowest byte first,
 * preceded by how many they are. 0 and -0 differ; whatever its bits, NaN is NaN.
 */
export function digestOf(all: Named): string {
  if (all.length === 0) return NOTHING;
  const hash = createHash('sha256');
  for (const [, values] of all.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const bytes = new DataView(new ArrayBuffer(8 * (values.length + 1)));
    bytes.setFloat64(0, values.length, true);
    for (let k = 0; k < values.length; k++) {
      if (Number.isNaN(values[k])) bytes.setBigUint64(8 * (k + 1), 0x7ff8n << 48n, true);
      else bytes.setFloat64(8 * (k + 1), values[k], true);
    }
    hash.update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Runs a session to its end, with probes of its own. */
export async function outcomeOf(options: SessionOptions): Promise<Outcome> {
  const probes = Object.fromEntries(
    Object.entries(options.circuit.neurons).map(([neurons, { model }]): [string, Probe] => {
      // What other neurons are sent: a rate, or whatever else is their first message.
      const value = Object.values(model?.messages ?? {}).at(0) ?? 'rate';
      return [neurons, { neurons, value, everyTimesteps: 1, everyTrials: 2 }];
    }),
  );
  try {
    return await digestsOf(openSession({ ...options, probes }));
  } catch (error) {
    if (error instanceof InputError) return `refused: ${error.message}`;
    if (error instanceof RunError) return `failed: ${error.message}`;
    throw error;
  }
}

async function digestsOf(session: Session): Promise<string> {
  const events = await eventsOf(session);
  const last = events.at(-1);
  if (last?.type === 'failed') throw last.error;
  const { weights, carried = {} } = endOf(events).state;
  const { engine, learner } = session;
  const found: Record<(typeof QUANTITIES)[number], Named> = {
    loss: [['loss', Float64Array.from(trialsOf(events), ({ loss }) => loss)]],
    weights: Object.entries(weights),
    carried: Object.entries(carried),
    feedback: engine.circuit.feedback.map((entry) => [entry.name, feedbackWeights(entry, { ...weights, ...carried })]),
    ...publishedBy(engine, learner.algorithm.rules),
    course: courseOf(ofType(events, 'probe')),
    replay: [...observe(engine, session.trialOf(1))],
  };
  return QUANTITIES.map((quantity) => digestOf(found[quantity])).join(' ');
}

/** What is published now. */
function publishedBy(engine: Engine, local: boolean): Record<(typeof PUBLISHED)[number], Named> {
  const readings = everythingOf(engine.circuit, local).map((what) => {
    const reader = engine.reader(what);
    const values = new Float64Array(reader.length);
    reader.read(values, 0);
    const [kind] = Object.keys(what);
    const named = 'value' in what ? what.value : kind;
    const quantity = kind === 'synapses' && named !== 'weight' ? 'state' : named;
    return { quantity, reading: [Object.values(what).join(' '), values] as const };
  });
  const of = (quantity: string) => readings.filter((one) => one.quantity === quantity).map(({ reading }) => reading);
  return {
    ...{ rate: of('rate'), potential: of('potential'), slope: of('slope'), retention: of('retention') },
    ...{ sent: of('sent'), signal: of('signal'), error: of('error'), state: of('state') },
  };
}

/** The readings of each probe, one after another. */
function courseOf(readings: readonly ProbeReading[]): Named {
  const names = [...new Set(readings.map(({ probe }) => probe))];
  return names.map((name) => {
    const own = readings.filter(({ probe }) => probe === name);
    return [name, Float64Array.from(own.flatMap(({ values }) => [...values]))];
  });
}

/** How two outcomes differ, a line for each quantity. What was refused may be refused in other words, or run by now. */
export function differences(got: Outcome, recorded: Outcome): string[] {
  if (recorded.startsWith('refused: ')) return [];
  const [now, before] = [got, recorded].map((outcome) => (outcome.includes(':') ? [] : outcome.split(' ')));
  if (now.length !== QUANTITIES.length || before.length !== QUANTITIES.length) {
    return got === recorded ? [] : [`${got}; recorded was ${recorded}`];
  }
  return QUANTITIES.flatMap((quantity, at) =>
    now[at] === before[at] ? [] : [`${quantity} is ${now[at]}; recorded was ${before[at]}`],
  );
}
