import { build } from '../circuit/index.ts';
import { InputError, RunError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { certifyLearner } from '../locality/index.ts';
import type { AlignedLearner } from '../recording/index.ts';
import { loadEngines, runBeside, type Learner, type Plan } from '../training/index.ts';
import { SharedProgress, type AlignmentJob, type AlignmentOutcome } from './alignment-job.ts';
import { costOf } from './describe.ts';

/** Runs a part of an alignment. Plans the scenario again, so that nothing passes from one part to the next. */
export async function runAlignmentJob(job: AlignmentJob): Promise<AlignmentOutcome> {
  const { file, directory, overrides } = job;
  try {
    const { scenario, within } = await loadScenario(file, directory);
    const plan = await within(() => scenario.plan({ ...overrides, seed: job.seed ?? 1 }));
    await loadEngines(plan.learners);
    if (job.seed === undefined) return { cost: await within(() => describe(plan, plan.learners[job.learner])) };
    const progress = new SharedProgress(job.progress);
    const beside = await within(() => runBeside(plan, job.repeats, (done) => (progress.done = done)));
    return { beside };
  } catch (error) {
    if (error instanceof InputError) {
      return { wrong: { place: error.place, problem: error.problem, excerpt: error.excerpt } };
    }
    if (!(error instanceof RunError)) throw error;
    const { actor, problem, kind, timestep, trial } = error;
    const when = { ...(timestep !== undefined && { timestep }), ...(trial !== undefined && { trial }) };
    return { failed: { actor, problem, kind, ...when } };
  }
}

function describe(plan: Plan, learner: Learner): AlignedLearner {
  const { name, algorithm, feedback } = learner;
  const circuit = build(plan.circuit, plan.seed, { carry: plan.carry });
  const counted = (most: number) => costOf({ ...plan, task: shortened(plan.task, most) }, learner);
  const { bytes, operations } = counted(COUNTED);
  const { class: found } = certifyLearner(circuit, { name, algorithm, feedback });
  return { name, class: found, bytes, operations: operations ?? counted(FEW).operations };
}

/** Operations are counted one by one, which takes minutes in a long trial; those of an update are the same in a short one. */
function shortened(task: Plan['task'], most: number): Plan['task'] {
  return {
    ...task,
    trial: (...given) => {
      const { input, target, ...others } = task.trial(...given);
      const timesteps = Math.min(most, others.timesteps);
      const first = (numbers: Float64Array, width: number) => numbers.slice(0, timesteps * width);
      return { ...others, timesteps, input: first(input, task.inputs), target: first(target, task.outputs) };
    },
  };
}

/** How many timesteps are counted; only a few for learners with too many operations, such as RTRL: each timestep takes the same number. */
const [COUNTED, FEW] = [20, 4];
