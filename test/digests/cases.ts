import { build } from '../../src/circuit/index.ts';
import { stream } from '../../src/random/index.ts';
import type { LearningAlgorithm } from '../../src/solvers/index.ts';
import type { EngineName, LearnerOptions, SessionOptions } from '../../src/training/index.ts';
import { digestOf, outcomeOf, type Outcome } from './digest.ts';

/** A problem, and who is to learn it. */
export interface Case extends Required<Pick<SessionOptions, 'circuit' | 'task' | 'seed' | 'trials'>> {
  /** By the names under which they are recorded. */
  readonly learners: Readonly<Record<string, LearnerOptions>>;
}

/** Cases by name, in groups by name. */
export type Cases = Readonly<Record<string, Readonly<Record<string, Case>>>>;

/** What is recorded of a case: what was drawn, and an outcome for each learner. */
export type Recorded = Readonly<Record<string, Outcome>>;

/** A learner on an engine, and what came of it. */
export interface Run {
  readonly learner: string;
  readonly engine: EngineName;
  readonly outcome: Outcome;
}

/** A digest of a case's initial weights, of who is joined, and of the signals of all its trials: of what chance makes before anything runs. */
export function drawnIn({ circuit, task, seed, trials }: Case): Outcome {
  const { groups, feedback } = build(circuit, seed);
  const numbers = (values: ArrayLike<number>) => Float64Array.from(values);
  return digestOf([
    ...groups.flatMap(({ name, weights, pre, rowStart, delay }) => [
      [`synapses ${name} weights`, weights] as const,
      [`synapses ${name} joined`, numbers([delay, ...rowStart, ...pre])] as const,
    ]),
    ...feedback.map(({ name, weights }) => [`feedback ${name}`, weights] as const),
    ...Array.from({ length: trials }, (_, k) => {
      const { input, target } = task.trial(k + 1, stream(seed, 'task', k + 1));
      return [`trial ${k + 1}`, numbers([...input, ...target])] as const;
    }),
  ]);
}

/** Runs every learner of a case on every engine that it may run on, or on one of them. The kernels must be loaded. */
export async function runsOf(
  { learners, ...problem }: Case,
  which: 'every engine' | 'one engine' = 'every engine',
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const [learner, how] of Object.entries(learners)) {
    for (const engine of enginesOf(how).slice(0, which === 'one engine' ? 1 : undefined)) {
      runs.push({ learner, engine, outcome: await outcomeOf({ ...problem, learner: { ...how, engine } }) });
    }
  }
  return runs;
}

function isSnap(learner: string | LearningAlgorithm): boolean {
  return (typeof learner === 'string' ? learner : learner.name).startsWith('snap-');
}

/** SnAp has no kernels, and nothing but kernels is in single precision. */
function enginesOf({ learner = 'local', precision }: LearnerOptions): readonly EngineName[] {
  if (isSnap(learner)) return ['actors'];
  return precision === 'f32' ? ['kernels'] : ['actors', 'kernels'];
}

/** Under which name the outcome on the kernels is recorded where they alone refuse, as they refuse what is opaque. */
export function onKernels(learner: string): string {
  return `${learner} on kernels`;
}

/** Who can learn a circuit: its own rules and the references, each in the same way. BPTT cannot learn online. */
export function everyone(how: Pick<LearnerOptions, 'schedule' | 'feedback' | 'rateHalfLife'>): Case['learners'] {
  return {
    local: { learner: 'local', ...how },
    bptt: { learner: 'bptt', ...how, schedule: 'trial' },
    rtrl: { learner: 'rtrl', ...how },
    'snap-1': { learner: 'snap-1', ...how },
    'snap-2': { learner: 'snap-2', ...how },
  };
}

/** The same on the kernels in single precision, which has bits of its own. */
export function inSingles(learners: Case['learners']): Case['learners'] {
  const able = Object.entries(learners).filter(([, { learner = 'local' }]) => !isSnap(learner));
  return Object.fromEntries(able.map(([name, how]) => [`${name} f32`, { ...how, precision: 'f32' as const }]));
}
