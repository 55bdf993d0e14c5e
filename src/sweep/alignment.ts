import { availableParallelism } from 'node:os';
import { cwd } from 'node:process';
import {
  concat,
  connect,
  defer,
  ignoreElements,
  interval,
  last,
  map,
  merge,
  of,
  startWith,
  switchAll,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';
import { InputError, RunError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import type { AlignedLearner, Alignment } from '../recording/index.ts';
import { checkBeside, quickOf, type BesideResult, type Settings } from '../training/index.ts';
import {
  SharedProgress,
  type AlignmentJob,
  type AlignmentOutcome,
  type CostJob,
  type SeedJob,
} from './alignment-job.ts';
import { checkWorkers, scenarioPath } from './checks.ts';
import { inputErrorOf } from './job.ts';
import { crashProblem, runOnThreads } from './workers.ts';

/** Which learners to compare, and how. */
export interface AlignmentOptions {
  /** A scenario file that compares several learners: its path, or a `file:` URL. */
  readonly scenario: string | URL;
  /** The number of seeds: 1, 2, 3 and so on. Default 5, or the scenario's quick size. */
  readonly seeds?: number;
  readonly trials?: number;
  /** How many estimates a learner that draws noise makes of one trial, to separate bias from noise. Default 100, at quick size 20. */
  readonly repeats?: number;
  /** Only these of the compared learners; the first drives the weights. */
  readonly learners?: readonly string[];
  readonly settings?: Settings;
  readonly quick?: boolean;
  /** The number of worker threads; the result does not depend on it. Default: as many as the machine runs in parallel. */
  readonly workers?: number;
}

/** What happens while learners run side by side. */
export type AlignmentEvent =
  /** What learners cost is counted first; `done` of `total` are counted. */
  | { readonly type: 'counted'; readonly done: number; readonly total: number }
  /** The first of `total` seeds begins. */
  | { readonly type: 'begun'; readonly total: number }
  /** Twice a second: how many seeds are done, with fractions for those that are running. */
  | { readonly type: 'progress'; readonly done: number }
  /** All have ended. */
  | { readonly type: 'done'; readonly alignment: Alignment };

/** How often progress is reported, ms. */
const PROGRESS = 500;

/**
 * How similar the gradients are that a scenario's learners estimate on the activity of the first of them: each seed on a worker thread, see
 * `runBeside`. Unsubscribing ends the threads at once. The Observable's error is an InputError if the options or the scenario are wrong, a RunError
 * if a learner fails.
 */
export function alignment(options: AlignmentOptions): Observable<AlignmentEvent> {
  const { workers = availableParallelism() } = options;
  checkWorkers(workers);
  return defer(() => prepare(options, workers)).pipe(switchAll());
}

async function prepare(options: AlignmentOptions, workers: number): Promise<Observable<AlignmentEvent>> {
  const file = scenarioPath(options.scenario);
  const { scenario, within } = await loadScenario(file);
  const quick = options.quick ? quickOf(scenario) : undefined;
  const count = options.seeds ?? quick?.seeds?.length ?? 5;
  const repeats = options.repeats ?? (quick ? 20 : 100);
  const trials = options.trials ?? quick?.trials;
  const overrides: AlignmentJob['overrides'] = {
    settings: { ...quick?.settings, ...options.settings },
    ...(options.learners && { learners: options.learners }),
    ...(trials !== undefined && { trials }),
    usualEngine: 'kernels',
  };
  const plan = await within(() => scenario.plan({ ...overrides, seed: 1 }));
  const { length } = plan.learners;
  if (length < 2) {
    throw new InputError(
      options.learners ? 'learner' : 'compare',
      `names only one learner; name at least two to compare${options.learners ? '' : ', or give --learner'}`,
    );
  }
  checkBeside(plan);
  const common = { file, directory: cwd(), overrides };
  const counts = Array.from({ length }, (_, learner): CostJob => ({ ...common, learner }));
  const seeds = Array.from({ length: count }, (_, k): SeedJob => {
    return { ...common, seed: k + 1, repeats, progress: SharedProgress.memory() };
  });
  return defer(() => {
    const learners = plan.learners.map((): AlignedLearner | undefined => undefined);
    const found = new Map<number, BesideResult>();
    // On separate threads, which end afterwards: code that has counted runs slowly from then on.
    const counting$ = succeeding(counts, workers).pipe(
      map(({ job, outcome }, k): AlignmentEvent => {
        if (job.seed === undefined && 'cost' in outcome) learners[job.learner] = outcome.cost;
        return { type: 'counted', done: k + 1, total: length };
      }),
      startWith<AlignmentEvent>({ type: 'counted', done: 0, total: length }),
    );
    const ran$ = succeeding(seeds, workers).pipe(
      tap(({ job, outcome }) => {
        if (job.seed !== undefined && 'beside' in outcome) found.set(job.seed, outcome.beside);
      }),
    );
    const courses = seeds.map(({ progress }) => new SharedProgress(progress));
    const progress$ = interval(PROGRESS).pipe(
      map((): AlignmentEvent => {
        return { type: 'progress', done: courses.reduce((sum, { done }) => sum + done, 0) };
      }),
    );
    const running$ = ran$.pipe(
      connect((ended$) => merge(ended$.pipe(ignoreElements()), progress$.pipe(takeUntil(ended$.pipe(last()))))),
    );
    const done = (): AlignmentEvent => ({
      type: 'done',
      alignment: {
        ...{ format: 'rxflo-alignment/1', title: scenario.title, scenario: file, settings: plan.settings },
        ...{ trials: plan.trials ?? 1, repeats, learners: learners.flatMap((one) => one ?? []) },
        seeds: seeds.flatMap(({ seed }) => found.get(seed) ?? []),
      },
    });
    return concat(
      counting$,
      of<AlignmentEvent>({ type: 'begun', total: count }),
      running$,
      defer(() => of(done())),
    );
  });
}

/** Runs parts of an alignment on threads. If one fails, that is the Observable's error. */
function succeeding(jobs: readonly AlignmentJob[], workers: number) {
  return runOnThreads<AlignmentJob, AlignmentOutcome>('alignment-worker', jobs, workers).pipe(
    map(({ job, outcome }) => {
      if ('wrong' in outcome) throw inputErrorOf(outcome.wrong);
      const where = job.seed === undefined ? 'what learners cost' : `seed ${job.seed}`;
      if ('failed' in outcome) {
        const { actor, problem, ...how } = outcome.failed;
        throw new RunError(actor, problem, how).within(where);
      }
      if ('crash' in outcome) throw new RunError(where, crashProblem(outcome.crash));
      return { job, outcome };
    }),
  );
}
