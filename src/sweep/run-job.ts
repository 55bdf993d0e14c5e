import { lastValueFrom, tap } from 'rxjs';
import { InputError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
// All of rxflo, which the scenario will import. It is loaded before TypeScript is read: after that, loading takes twice as long.
import '../recording/index.ts';
import '../report/index.ts';
import type { Task } from '../tasks/index.ts';
import {
  hasDiverged,
  loadEngines,
  openSession,
  sessionOptions,
  train,
  type FinishedRealization,
  type Plan,
  type PlanOverrides,
  type Realization,
  type ScoreCourse,
  type SessionEvent,
} from '../training/index.ts';
import type { Job, Outcome } from './job.ts';
import { outputsIn, shownTrials } from './outputs.ts';
import { SharedCourse } from './shared-course.ts';

/** Runs one realization. Plans the scenario again, so that nothing passes from one realization to the next. */
export async function runJob({ file, directory, seed, learner, overrides, testEvery, course }: Job): Promise<Outcome> {
  const own: PlanOverrides = { ...overrides, seed, ...(learner !== undefined && { learners: [learner] }) };
  try {
    const { scenario, within } = await loadScenario(file, directory);
    return {
      realization: await within(() => realizationOf(scenario.plan(own), testEvery, course && new SharedCourse(course))),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { wrong: { place: error.place, problem: error.problem, excerpt: error.excerpt } };
  }
}

/** Runs a plan's first learner; `shared` shows its course to other threads while it runs. */
async function realizationOf(plan: Plan, testEvery: number | undefined, shared?: SharedCourse): Promise<Realization> {
  const [learner] = plan.learners;
  const [losses, alignment]: [number[], number[]] = [[], []];
  await loadEngines([learner]);
  const isTested = plan.task.test !== undefined && testEvery !== undefined;
  const probes = isTested ? { scores: { test: 'scores', everyTrials: testEvery } as const } : {};
  const session = openSession({ ...sessionOptions(plan, learner), probes });
  const tests: Tested[] = [];
  let outputs: FinishedRealization['outputs'] = null;
  let shown: FinishedRealization['shown'] = [];
  const last = await lastValueFrom<SessionEvent>(
    train(session).pipe(
      tap((event) => {
        if (event.type === 'probe') tests.push(event);
        if (event.type === 'finished') {
          const { trial } = event.state;
          const scores = tests.at(-1)?.trial === trial ? null : session.scores();
          if (scores !== null) tests.push({ trial, values: Object.values(scores) });
          outputs = outputsIn(session.engine, session.trialOf(1));
          shown = shownTrials(session);
        }
        if (event.type !== 'trial') return;
        losses.push(event.loss);
        alignment.push(event.alignment ?? NaN);
        shared?.add(event.loss, event.alignment ?? NaN);
      }),
    ),
  );
  const course = {
    seed: plan.seed,
    learner: learner.name,
    losses: Float64Array.from(losses),
    alignment: Float64Array.from(alignment),
    tested: scoreCourse(plan.task, tests),
  };
  // The last state of a failed realization is that of its last checkpoint, which depends on the clock, so it is not a result.
  if (last.type === 'failed') {
    const { error } = last;
    return { ...course, reason: 'failed', error: error.message, diverged: hasDiverged(error) };
  }
  if (last.type !== 'finished') throw new Error('a session ended without saying why');
  return { ...course, reason: last.reason, weights: last.state.weights, outputs, shown };
}

/** The result of a test after a trial: a value for each of its scores. */
interface Tested {
  readonly trial: number;
  readonly values: ArrayLike<number>;
}

function scoreCourse({ test }: Task, tests: readonly Tested[]): ScoreCourse {
  const of = (i: number) => Float64Array.from(tests, ({ values }) => values[i]);
  return {
    trials: Float64Array.from(tests, ({ trial }) => trial),
    scores: Object.fromEntries(Object.keys(test?.scores ?? {}).map((name, i) => [name, of(i)])),
  };
}
