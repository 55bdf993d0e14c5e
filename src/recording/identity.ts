import { createHash } from 'node:crypto';
import { build } from '../circuit/index.ts';
import type { Plan } from '../training/index.ts';

/**
 * What a run is: everything that fixes its result. A checkpoint is gone on with only where all of it is the same.
 * Functions count by their source text, numbers that were drawn by a digest.
 */
export function identityOf(plan: Plan): Readonly<Record<string, string>> {
  const { circuit, seed, task, learners, probes, settings, title, trials, targetLoss, patience } = plan;
  const built = build(circuit, seed);
  const numbers = createHash('sha256');
  for (const { weights, pre, rowStart } of built.groups) numbers.update(weights).update(pre).update(rowStart);
  for (const { weights } of built.feedback) numbers.update(weights);
  return {
    title,
    seed: String(seed),
    settings: JSON.stringify(settings),
    trials: String(trials),
    'target loss': String(targetLoss),
    patience: String(patience),
    learners: JSON.stringify(learners),
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
