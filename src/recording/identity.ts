import { createHash } from 'node:crypto';
import { build } from '../circuit/index.ts';
import { LocalFunction } from '../local/index.ts';
import { trialOfTask } from '../tasks/index.ts';
import { testOf, testTrial, type Learner, type Plan } from '../training/index.ts';
import { version } from './version.ts';

/** What must be the same for a run to be resumed, by name. */
export type Identity = Readonly<Record<string, string>>;

/**
 * Everything that fixes a run's result. A checkpoint is resumed only if all of it is the same.
 * Functions are compared by their source text, drawn numbers by a digest.
 */
export function identityOf(plan: Plan): Identity {
  const { circuit, seed, carry, task, learners, probes, settings, title, trials, targetLoss, patience } = plan;
  const built = build(circuit, seed);
  const test = testOf(task);
  const tested = test && testTrial(test, seed, 1);
  const first = trialOfTask(task, 1, seed);
  const numbers = createHash('sha256');
  for (const { weights, pre, rowStart, longer } of built.groups) {
    numbers.update(weights).update(pre).update(rowStart);
    if (longer) numbers.update(longer);
  }
  for (const { weights } of built.feedback) numbers.update(weights);
  return {
    title,
    'rxflo version': version(),
    seed: String(seed),
    ...(carry && { carry: 'true' }),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`option ${name}`, String(value)])),
    trials: String(trials),
    ...Object.fromEntries(learners.map((learner) => [`learner ${learner.name}`, JSON.stringify(fixing(learner))])),
    'target loss': String(targetLoss ?? 'none'),
    patience: String(patience ?? 'none'),
    learners: learners.map(({ name }) => name).join(', '),
    task: JSON.stringify([task.name, task.settings]),
    'first trial': digest(first.input, first.target, ...(first.answer ? [String(first.answer)] : [])),
    ...(test && tested && { test: digest(textOf(test), tested.input, tested.target) }),
    probes: JSON.stringify(probes),
    circuit: digest(textOf(circuit)),
    weights: numbers.digest('hex'),
  };
}

/** Plain data and functions as text. */
function textOf(value: object): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof LocalFunction) return [each.name, String(each.compile())];
    return typeof each === 'function' ? String(each) : each;
  });
}

/** What fixes a learner's result. The engine does not: in float64 all give the same bits, and a resumed run may use a different one. */
function fixing({
  name,
  algorithm: { name: algorithm, settings },
  rules,
  feedback,
  schedule,
  batch,
  rateHalfLife,
  trials,
  precision,
  evaluation,
}: Learner): object {
  return {
    ...{ name, algorithm, feedback, schedule, trials },
    ...(rules && { rules: digest(textOf(rules)) }),
    ...(batch !== 1 && { batch }),
    ...(rateHalfLife !== 0 && { rateHalfLife }),
    ...(precision !== 'f64' && { precision }),
    ...(evaluation && { evaluation }),
    ...(Object.keys(settings).length > 0 && { settings }),
  };
}

/** All NaNs count as the same number: NaN has many bit patterns, and which one an expression gives depends on the machine. */
function digest(...parts: readonly (string | ArrayLike<number>)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(
      typeof part === 'string' ? part : Float64Array.from(part, (value) => (Number.isNaN(value) ? NaN : value)),
    );
  }
  return hash.digest('hex');
}
