import type { Engine, GroupWeights } from '../../src/circuit/index.ts';
import type { Trial } from '../../src/tasks/index.ts';

/** What one trial of learning adds to each weight. */
export function changesOf(engine: Engine, trial: Trial): GroupWeights {
  const before = engine.weights();
  engine.trial(trial);
  const after = engine.weights();
  return Object.fromEntries(
    Object.entries(before).map(([name, weights]) => [name, after[name].map((w, k) => w - weights[k])]),
  );
}

/** All weights, one group after another. */
export function flat(weights: GroupWeights): readonly number[] {
  return Object.values(weights).flatMap((values) => [...values]);
}

/** The largest difference, relative to the largest of what is expected (or to `floor`, where all of that is smaller). */
export function relativeDifference(got: GroupWeights, expected: GroupWeights, floor: number): number {
  const [a, b] = [flat(got), flat(expected)];
  if (a.length !== b.length) throw new Error(`${a.length} weights, ${b.length} expected`);
  const scale = b.reduce((largest, value) => Math.max(largest, Math.abs(value)), floor);
  return a.reduce((largest, value, k) => Math.max(largest, Math.abs(value - b[k])), 0) / scale;
}

/** Every bit of every weight, so that 0 and -0 differ too. */
export function bytes(weights: GroupWeights): string {
  return Object.entries(weights)
    .map(
      ([name, values]) => `${name} ${Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')}`,
    )
    .join('\n');
}
