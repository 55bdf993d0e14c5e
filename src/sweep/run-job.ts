import { lastValueFrom, tap } from 'rxjs';
import { InputError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
// All of rxflo, which the scenario will import: loaded before TypeScript is read, for then loading takes twice as long.
import '../recording/index.ts';
import '../report/index.ts';
import {
  hasDiverged,
  sessionOptions,
  train,
  type Plan,
  type PlanOverrides,
  type Realization,
  type SessionEvent,
} from '../training/index.ts';
import type { Job, Outcome } from './job.ts';
import { SharedCourse } from './shared-course.ts';

/** Runs one realization. Plans the scenario anew, so that nothing which one realization left behind reaches the next. */
export async function runJob({ file, directory, seed, learner, overrides, course }: Job): Promise<Outcome> {
  const own: PlanOverrides = { ...overrides, seed, ...(learner !== undefined && { learners: [learner] }) };
  try {
    const { scenario, within } = await loadScenario(file, directory);
    return { realization: await within(() => realizationOf(scenario.plan(own), course && new SharedCourse(course))) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { wrong: { place: error.place, problem: error.problem } };
  }
}

/** Runs a plan's first learner; others see its course grow where it is shared with them. */
async function realizationOf(plan: Plan, shared?: SharedCourse): Promise<Realization> {
  const [learner] = plan.learners;
  const [losses, alignment]: [number[], number[]] = [[], []];
  const last = await lastValueFrom<SessionEvent>(
    train({ ...sessionOptions(plan, learner), probes: {} }).pipe(
      tap((event) => {
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
  };
  // The last state of a realization that failed is that of its last checkpoint, which the clock decides: it is no result.
  if (last.type === 'failed') {
    const { error } = last;
    return { ...course, reason: 'failed', error: error.message, diverged: hasDiverged(error) };
  }
  if (last.type !== 'finished') throw new Error('a session ended without saying why');
  return { ...course, reason: last.reason, weights: last.state.weights };
}
