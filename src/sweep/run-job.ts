import { lastValueFrom, tap } from 'rxjs';
import { InputError, RunError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
// All of rxflo, which the scenario will import: loaded before TypeScript is read, for then loading takes twice as long.
import '../recording/index.ts';
import '../report/index.ts';
import {
  hasDiverged,
  loadEngines,
  observe,
  openSession,
  sessionOptions,
  targetsOf,
  train,
  type FinishedRealization,
  type OutputActivity,
  type Plan,
  type PlanOverrides,
  type Realization,
  type Session,
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
  await loadEngines([learner]);
  const session = openSession({ ...sessionOptions(plan, learner), probes: {} });
  let outputs: FinishedRealization['outputs'] = null;
  const last = await lastValueFrom<SessionEvent>(
    train(session).pipe(
      tap((event) => {
        if (event.type === 'finished') outputs = outputsOf(session);
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
  return { ...course, reason: last.reason, weights: last.state.weights, outputs };
}

/** What the outputs answer now, in the session's first trial; null where a value stops being finite. */
function outputsOf(session: Session): FinishedRealization['outputs'] {
  const { engine } = session;
  const trial = session.trialOf(1);
  const targets = targetsOf(engine.circuit, trial);
  try {
    const rates = observe(engine, trial);
    const activity = engine.circuit.outputs.map(({ name, size }): [string, OutputActivity] => {
      const [answer, target] = [rates.get(name), targets.get(name)];
      if (!answer || !target) throw new Error(`nothing was observed of '${name}'`);
      return [name, { size, rates: answer, target }];
    });
    return Object.fromEntries(activity);
  } catch (error) {
    if (error instanceof RunError) return null;
    throw error;
  }
}
