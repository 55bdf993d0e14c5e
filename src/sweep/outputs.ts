import type { Engine } from '../circuit/index.ts';
import { RunError } from '../errors/index.ts';
import type { Trial } from '../tasks/index.ts';
import {
  observe,
  targetsOf,
  testOf,
  testTrial,
  type OutputActivity,
  type Outputs,
  type Session,
  type ShownTrial,
} from '../training/index.ts';

/** What the outputs answer now in a trial, without learning; null if a value becomes non-finite. */
export function outputsIn(engine: Engine, trial: Trial): Outputs | null {
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

/** What the outputs answer now in the test trials that reports show. */
export function shownTrials({ engine, task, seed }: Session): readonly ShownTrial[] {
  const test = testOf(task);
  return (test?.shown ?? []).flatMap((label, i) => {
    const outputs = test && outputsIn(engine, testTrial(test, seed, i + 1));
    return outputs ? [{ label, outputs }] : [];
  });
}
