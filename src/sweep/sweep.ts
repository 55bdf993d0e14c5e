import { Console } from 'node:console';
import { availableParallelism } from 'node:os';
import process, { cwd } from 'node:process';
import {
  concat,
  connect,
  defer,
  EMPTY,
  finalize,
  interval,
  last,
  map,
  merge,
  of,
  switchAll,
  takeUntil,
  type Observable,
} from 'rxjs';
import { onlyFields } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import {
  openSweep,
  readSweep,
  whileRunning,
  type KeptRealization,
  type SweepCell,
  type SweepData,
  type SweepDescription,
  type SweepFiles,
  type SweepPlace,
} from '../recording/index.ts';
import { quickOf, type EngineName, type Grid, type PlanOverrides, type Quick } from '../training/index.ts';
import { checkWorkers, scenarioPath } from './checks.ts';
import { cellPlan, describeSweep } from './describe.ts';
import { keep, remainingTasks, type SweepTask } from './tasks.ts';
import { runJobs, type Done } from './workers.ts';

/** What to sweep, and where to write it. */
export interface SweepOptions
  extends
    Omit<PlanOverrides, 'seed' | 'seconds' | 'learners' | 'engine' | 'usualEngine' | 'checkpointSeconds'>,
    SweepPlace {
  /** A scenario file, TypeScript or JavaScript: its path, or a `file:` URL. */
  readonly scenario: string | URL;
  /** The values of each axis; by default those of the scenario's own sweep. */
  readonly grid?: Grid;
  /** The number of seeds (1, 2, 3 and so on), or a list of them. By default those of the scenario's own sweep, else 5. */
  readonly seeds?: number | readonly number[];
  /**
   * An axis that everything else is tuned over: figures show each combination of the other axes only at its best value of this one, that with
   * the lowest median final loss, or the best median score. By default that of the scenario's own sweep, if the grid has it.
   */
  readonly best?: string;
  /** A score of the task's test that results are shown and compared by. By default that of the scenario's own sweep, else the final loss. */
  readonly score?: string;
  /** Whether to use the scenario's quick size for everything that is not given here. Default false. */
  readonly quick?: boolean;
  /** The number of worker threads. Default: as many as the machine runs in parallel. */
  readonly workers?: number;
  /** By default the scenario's engine, else kernels; actors if something is opaque. */
  readonly engine?: EngineName;
}

const FIELDS = [
  ...['scenario', 'grid', 'seeds', 'best', 'score', 'quick', 'workers', 'directory', 'numbered', 'resume'],
  ...[
    'engine',
    'precision',
    'schedule',
    'evaluation',
    'batch',
    'carry',
    'feedback',
    'settings',
    'trials',
    'targetLoss',
    'patience',
  ],
];

/** What happens while a sweep runs. `done` of its `total` realizations are done, with fractions for those that are running. */
export type SweepEvent =
  /** It begins, or is resumed: `done` realizations were kept. */
  | { readonly type: 'begun'; readonly directory: string; readonly done: number; readonly total: number }
  /** Twice a second. */
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  /** One has ended or failed, and is on the disk. */
  | { readonly type: 'realization'; readonly cell: SweepCell; readonly realization: KeptRealization }
  /** All have ended. */
  | { readonly type: 'done'; readonly data: SweepData };

/** How often progress is reported, ms. */
const PROGRESS = 500;

/**
 * Runs one realization of a scenario for each cell of a grid and each seed, on worker threads, into a directory. Each gives the same bits
 * as when it runs alone.
 *
 * A realization that has ended is kept, and never run again: `resume` continues a sweep, however it was stopped. One that fails or diverges is
 * kept as such, with its losses up to there, and the others continue. Unsubscribing ends the threads at once, and what has ended is kept.
 * Every subscription starts again.
 *
 * If the options or the scenario are wrong, the Observable's error is an InputError.
 *
 * @example
 * sweep({ scenario: 'scenarios/periodic.ts', grid: { period: [50, 100] }, seeds: 3, directory: 'runs/periods' }).subscribe((event) => {
 *   if (event.type === 'done') for (const { values, realizations } of event.data.cells) console.log(values, realizations.length);
 * });
 */
export function sweep(options: SweepOptions): Observable<SweepEvent> {
  onlyFields('sweep', options, FIELDS);
  const { workers = availableParallelism() } = options;
  checkWorkers(workers);
  return defer(() => prepare(options)).pipe(switchAll());
}

async function prepare(options: SweepOptions): Promise<Observable<SweepEvent>> {
  const { scenario, workers = availableParallelism(), directory, numbered, resume, quick, ...asked } = options;
  const file = scenarioPath(scenario);
  const { loaded, overrides, description } = await onStandardError(async () => {
    const loaded = await loadScenario(file);
    const { grid, seeds, best, score, ...others } = quick ? inLittle(asked, quickOf(loaded.scenario)) : asked;
    const overrides = { ...others, usualEngine: 'kernels' as const };
    return {
      loaded,
      overrides,
      description: await describeSweep(loaded, { file, overrides, grid, seeds, best, score }),
    };
  });
  const jobOf = ({ values }: SweepCell) => {
    const { learners, ...how } = cellPlan(loaded.scenario, values, overrides);
    const testEvery = loaded.scenario.sweep?.testEvery;
    return {
      ...{ file, directory: cwd(), overrides: how },
      ...(learners && { learner: learners[0] }),
      ...(testEvery && { testEvery }),
    };
  };
  return defer(() => {
    const { files, release } = openSweep(description, { directory, numbered, resume });
    const run = () => runTasks(remainingTasks(description, files, jobOf), workers, description, files);
    return defer(run).pipe(finalize(release));
  });
}

/** The options that were given, completed from a scenario's quick size. An option that is an axis of the given grid is no longer a setting. */
function inLittle<Asked extends Pick<SweepOptions, 'grid' | 'settings'>>(asked: Asked, quick: Quick): Asked & Quick {
  const settings = Object.entries(quick.settings).filter(([name]) => !Object.hasOwn(asked.grid ?? {}, name));
  return { ...quick, ...asked, settings: { ...Object.fromEntries(settings), ...asked.settings } };
}

/** Sends what a scenario prints to standard error, as in the workers, and restores the console afterwards. */
async function onStandardError<T>(action: () => Promise<T>): Promise<T> {
  const { console: own } = globalThis;
  globalThis.console = new Console(process.stderr);
  try {
    return await action();
  } finally {
    globalThis.console = own;
  }
}

function runTasks(
  tasks: readonly SweepTask[],
  workers: number,
  description: SweepDescription,
  files: SweepFiles,
): Observable<SweepEvent> {
  const total = description.learners.length * description.seeds.length;
  const byJob = new Map(tasks.map((task) => [task.job, task]));
  const open = new Set(tasks);
  const done = () => [...open].reduce((sum, { course, cell }) => sum + course.trials / cell.trials, total - open.size);
  const end = (ended: Done): SweepEvent => {
    const task = byJob.get(ended.job);
    if (!task) throw new Error('a job came back that was never given');
    const realization = keep(task, ended, description, files);
    open.delete(task);
    return { type: 'realization', cell: task.cell, realization };
  };
  const progress$ = interval(PROGRESS).pipe(map((): SweepEvent => ({ type: 'progress', done: done(), total })));
  const ran$ = runJobs([...byJob.keys()], workers).pipe(
    map(end),
    connect((ended$) => merge(ended$, progress$.pipe(takeUntil(ended$.pipe(last()))))),
  );
  return concat(
    of<SweepEvent>({ type: 'begun', directory: files.directory, done: total - tasks.length, total }),
    tasks.length === 0 ? EMPTY : ran$,
    defer(() => of<SweepEvent>({ type: 'done', data: whileRunning(() => readSweep(files.directory)) })),
  );
}
