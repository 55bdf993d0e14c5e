import type { Plan } from '../training/index.ts';
import { checkIdentity, type Checkpoint } from './checkpoint.ts';
import { identityOf, type Identity } from './identity.ts';

/**
 * The checkpoint as if the run had been started with this plan's number of trials; the same checkpoint if the plan has no more trials.
 * Learners that ended because their trials were done have trials to run again. What they recorded at their end stays, and later records
 * replace it; it is dropped only if it was recorded last, so that a run of one learner has the same bytes as the longer run.
 *
 * @param file The checkpoint's file.
 * @throws InputError naming the first thing that differs, other than the number of trials.
 */
export function prolonged(file: string, checkpoint: Checkpoint, plan: Plan, identity: Identity): Checkpoint {
  const before = Number(checkpoint.identity['trials']);
  if (!(plan.trials !== undefined && plan.trials > before)) return checkpoint;
  const shorter = plan.learners.map((learner) => ({ ...learner, trials: Math.min(learner.trials, before) }));
  checkIdentity(file, checkpoint.identity, identityOf({ ...plan, trials: before, learners: shorter }));

  const trials = new Map(plan.learners.map((learner) => [learner.name, learner.trials]));
  // A learner that is running, or has failed, may have recorded something after all others: then nothing can be dropped.
  const last = Math.max(...Object.values(checkpoint.learners).map(({ trialsEnd = Infinity }) => trialsEnd));
  let { recordingBytes } = checkpoint;
  const learners = Object.entries(checkpoint.learners).map(([name, { trialsEnd, ...learner }]) => {
    const goesOn = learner.ended === 'trials' && learner.state.trial < (trials.get(name) ?? 0);
    if (!goesOn) return [name, { ...learner, ...(trialsEnd !== undefined && { trialsEnd }) }] as const;
    if (trialsEnd === last) recordingBytes = trialsEnd;
    return [name, { ...learner, ended: null }] as const;
  });
  return { identity, recordingBytes, learners: Object.fromEntries(learners) };
}
