import { availableParallelism } from 'node:os';
import { cwd } from 'node:process';
import { map, type Observable } from 'rxjs';
import { onlyFields } from '../errors/index.ts';
import { checkSeeds, untested, type EngineName, type PlanOverrides, type Realization } from '../training/index.ts';
import { checkLearnerName, checkWorkers, scenarioPath } from './checks.ts';
import { inputErrorOf } from './job.ts';
import { crashProblem, runJobs, type Done } from './workers.ts';

/** Which realizations are to be run, and how. */
export interface BatchOptions extends Omit<
  PlanOverrides,
  'seed' | 'learners' | 'engine' | 'usualEngine' | 'checkpointSeconds'
> {
  /** A scenario file, TypeScript or JavaScript: its path, or a `file:` URL. */
  readonly scenario: string | URL;
  /** Whole numbers, one for each realization, none twice. */
  readonly seeds: readonly number[];
  /**
   * The name of a learner; by default the first that the scenario compares. An algorithm of one's own goes by its name, too, and must be in the
   * scenario's `compare`: no thread can be sent a function.
   */
  readonly learner?: string;
  /** How many worker threads, at most as many as seeds. Default: as many as the machine runs side by side. */
  readonly workers?: number;
  /** By default what the scenario names, else kernels; actors where something is opaque. */
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
 * Runs one realization of a scenario for each seed, on worker threads. Each has the bits that it has alone, whatever runs beside it.
 *
 * Emits them as they end, in whatever order that is. One that fails says so, and the others go on. Completes when the threads have
 * ended; unsubscribing ends them at once. Every subscription runs all anew.
 *
 * Each worker loads the scenario file itself: what it prints goes to standard error. What is wrong with the options is thrown here;
 * with the scenario, it is the Observable's error. Both are InputErrors.
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
