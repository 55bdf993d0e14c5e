import { createHash } from 'node:crypto';
import { build } from '../circuit/index.ts';
import type { Plan } from '../training/index.ts';

/** What a run is, by name: what must be the same for it to be resumed. */
export type Identity = Readonly<Record<string, string>>;

/**
 * What a run is: everything that fixes its result. A checkpoint is gone on with only where all of it is the same.
 * Functions count by their source text, numbers that were drawn by a digest.
 */
export function identityOf(plan: Plan): Identity {
  const { circuit, seed, task, learners, probes, settings, title, trials, targetLoss, patience } = plan;
  const built = build(circuit, seed);
  const numbers = createHash('sha256');
  for (const { weights, pre, rowStart } of built.groups) numbers.update(weights).update(pre).update(rowStart);
  for (const { weights } of built.feedback) numbers.update(weights);
  return {
    title,
    seed: String(seed),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`option ${name}`, String(value)])),
    ...Object.fromEntries(learners.map((learner) => [`learner ${learner.name}`, JSON.stringify(learner)])),
    trials: String(trials),
    'target loss': String(targetLoss ?? 'none'),
    patience: String(patience ?? 'none'),
    learners: learners.map(({ name }) => name).join(', '),
    task: JSON.stringify([task.name, task.settings]),
    probes: JSON.stringify(probes),
    circuit: digest(
      JSON.stringify(circuit, (_, value: unknown) => (typeof value === 'function' ? String(value) : value)),
    ),
    weights: numbers.digest('hex'),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
