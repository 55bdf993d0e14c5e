import type { Plan } from '../training/index.ts';
import { checkIdentity, type Checkpoint } from './checkpoint.ts';
import { identityOf, type Identity } from './identity.ts';

/**
 * The checkpoint of a run as it would be, had the run been begun with the trials of this plan; the same checkpoint where the plan has no more
 * trials. Learners that ended because their trials were done have trials before them again, and what the last of them
 * recorded at its end is dropped. What one before it recorded at its end stays, and what it records later takes its place.
 *
 * @param file Where the checkpoint is.
 * @throws InputError naming the first thing but the trials that differs.
 */
export function prolonged(file: string, checkpoint: Checkpoint, plan: Plan, identity: Identity): Checkpoint {
  const before = Number(checkpoint.identity['trials']);
  if (!(plan.trials !== undefined && plan.trials > before)) return checkpoint;
  const shorter = plan.learners.map((learner) => ({ ...learner, trials: Math.min(learner.trials, before) }));
  checkIdentity(file, checkpoint.identity, identityOf({ ...plan, trials: before, learners: shorter }));

  const trials = new Map(plan.learners.map((learner) => [learner.name, learner.trials]));
  const ends = Object.values(checkpoint.learners).map(({ trialsEnd = 0 }) => trialsEnd);
  let { recordingBytes } = checkpoint;
  const learners = Object.entries(checkpoint.learners).map(([name, { trialsEnd, ...learner }]) => {
    const goesOn = learner.ended === 'trials' && learner.state.trial < (trials.get(name) ?? 0);
    if (!goesOn) return [name, { ...learner, ...(trialsEnd !== undefined && { trialsEnd }) }] as const;
    if (trialsEnd === Math.max(...ends)) recordingBytes = trialsEnd;
    return [name, { ...learner, ended: null }] as const;
  });
  return { identity, recordingBytes, learners: Object.fromEntries(learners) };
}
