import { availableParallelism } from 'node:os';
import { cwd } from 'node:process';
import { map, type Observable } from 'rxjs';
import { onlyFields } from '../errors/index.ts';
import { checkSeeds, untested, type EngineName, type PlanOverrides, type Realization } from '../training/index.ts';
import { checkLearnerName, checkWorkers, scenarioPath } from './checks.ts';
import { inputErrorOf } from './job.ts';
import { crashProblem, runJobs, type Done } from './workers.ts';

/** Which realizations to run, and how. */
export interface BatchOptions extends Omit<
  PlanOverrides,
  'seed' | 'learners' | 'engine' | 'usualEngine' | 'checkpointSeconds'
> {
  /** A scenario file, TypeScript or JavaScript: its path, or a `file:` URL. */
  readonly scenario: string | URL;
  /** Distinct whole numbers, one for each realization. */
  readonly seeds: readonly number[];
  /**
   * The name of a learner; by default the first that the scenario compares. An algorithm of your own must be in the scenario's `compare`, and is
   * given by its name, too: functions cannot be sent to a thread.
   */
  readonly learner?: string;
  /** The number of worker threads, at most one for each seed. Default: as many as the machine runs in parallel. */
  readonly workers?: number;
  /** By default the scenario's engine, else kernels; actors if something is opaque. */
  readonly engine?: EngineName;
}

const FIELDS = [
  ...[
    'scenario',
    'seeds',
    'learner',
    'workers',
    'engine',
    'precision',
    'schedule',
    'evaluation',
    'batch',
    'carry',
    'feedback',
    'settings',
  ],
  ...['trials', 'targetLoss', 'patience', 'seconds'],
];

/**
 * Runs one realization of a scenario for each seed, on worker threads. Each gives the same bits as when it runs alone.
 *
 * Emits them as they end, in any order. One that fails is emitted as failed, and the others continue. Completes when the threads have
 * ended; unsubscribing ends them at once. Every subscription runs them all again.
 *
 * Each worker loads the scenario file itself; what it prints goes to standard error. An InputError in the options is thrown here; one in
 * the scenario is the Observable's error.
 *
 * @example
 * batch({ scenario: 'scenarios/periodic.ts', seeds: [1, 2, 3], trials: 100 }).subscribe(({ seed, losses }) => {
 *   console.log(seed, losses.at(-1));
 * });
 */
export function batch(options: BatchOptions): Observable<Realization> {
  onlyFields('batch', options, FIELDS);
  const { scenario, seeds, learner, workers = availableParallelism(), ...overrides } = options;
  checkSeeds(seeds);
  checkWorkers(workers);
  if (learner !== undefined) checkLearnerName(learner);
  const common = {
    file: scenarioPath(scenario),
    directory: cwd(),
    ...(learner !== undefined && { learner }),
    overrides: { ...overrides, usualEngine: 'kernels' as const },
  };
  return runJobs(
    seeds.map((seed) => ({ ...common, seed })),
    workers,
  ).pipe(map(realizationOf));
}

/** @throws InputError if the scenario is wrong. */
function realizationOf({ job: { seed, learner }, outcome }: Done): Realization {
  if ('wrong' in outcome) throw inputErrorOf(outcome.wrong);
  if ('realization' in outcome) return outcome.realization;
  const error = crashProblem(outcome.crash);
  const nothing = { losses: new Float64Array(0), alignment: new Float64Array(0), tested: untested() };
  return { seed, learner: learner ?? null, ...nothing, reason: 'failed', error, diverged: false };
}
