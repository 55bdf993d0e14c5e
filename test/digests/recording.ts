import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawnIn, onKernels, runsOf, type Case, type Cases, type Recorded } from './cases.ts';
import { QUANTITIES } from './digest.ts';
import { randomCases } from './random-cases.ts';
import { scenarioCases } from './scenario-cases.ts';

/** The file that digests are recorded in. */
export const FILE = fileURLToPath(new URL('../golden/digests.json', import.meta.url));

/** What is recorded in the file: groups of cases by name, as in `everyCase`. */
export interface Recording {
  /** What the digests of an outcome are of, in their order. */
  readonly quantities: readonly string[];
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, Recorded>>>>;
  readonly circuits: Readonly<Record<string, Readonly<Record<string, Recorded>>>>;
}

/** Everything that is recorded. */
export const everyCase: Readonly<Record<'scenarios' | 'circuits', Cases>> = {
  scenarios: scenarioCases,
  circuits: randomCases,
};

export function readRecording(): Recording {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Recording;
}

/** The text of the file, for what is computed now. The kernels must be loaded. */
export async function record(): Promise<string> {
  const recording: Recording = {
    quantities: QUANTITIES,
    scenarios: await recordGroups(everyCase.scenarios),
    circuits: await recordGroups(everyCase.circuits),
  };
  return `${JSON.stringify(recording, null, 1)}\n`;
}

async function recordGroups(groups: Cases): Promise<Recording['circuits']> {
  const recorded: Record<string, Record<string, Recorded>> = {};
  for (const [group, cases] of Object.entries(groups)) {
    recorded[group] = {};
    for (const [name, one] of Object.entries(cases)) {
      recorded[group][name] = await recordCase(`${group}, ${name}`, one);
    }
  }
  return recorded;
}

/** @throws Error if two engines, which both run a learner, do not agree: there is nothing to record then. */
async function recordCase(place: string, one: Case): Promise<Recorded> {
  const recorded: Record<string, string> = { drawn: drawnIn(one) };
  for (const { learner, engine, outcome } of await runsOf(one)) {
    if (!Object.hasOwn(recorded, learner)) recorded[learner] = outcome;
    else if (recorded[learner] !== outcome && outcome.startsWith('refused:')) recorded[onKernels(learner)] = outcome;
    else if (recorded[learner] !== outcome) {
      throw new Error(`${place}: ${learner} on ${engine}: ${outcome}, but on the other engine ${recorded[learner]}`);
    }
  }
  return recorded;
}
