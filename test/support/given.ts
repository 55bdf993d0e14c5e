import type { BuiltCircuit, FeedbackKind } from '../../src/circuit/index.ts';
import type { LearningAlgorithm } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';

/** What an algorithm gives at each timestep, trial after trial, while no weight changes: calls back with each, [synapses]. */
export function eachGiven(
  built: BuiltCircuit,
  algorithm: LearningAlgorithm,
  trial: Trial,
  { trials = 1, feedback = 'symmetric' }: { readonly trials?: number; readonly feedback?: FeedbackKind },
  take: (given: Float64Array, t: number, number: number) => void,
): void {
  const engine = algorithm.open(built, { schedule: 'trial', feedback, seed: 1 });
  const asked = engine.held().filter(({ place }) => place.kind === 'asked');
  const given = new Float64Array(asked.reduce((sum, { length }) => sum + length, 0));
  for (let number = 1; number <= trials; number++) {
    engine.trial(trial, {
      number,
      onPhase: (phase, t) => {
        if (phase !== 'learn') return;
        let place = 0;
        for (const numbers of asked) {
          for (let k = 0; k < numbers.length; k++) {
            given[place++] = numbers.get(k);
            numbers.set(k, 0);
          }
        }
        take(given, t, number);
      },
    });
  }
}

/** What it gives at each timestep, the mean over trials: [timesteps][synapses]. */
export function meanGiven(
  built: BuiltCircuit,
  algorithm: LearningAlgorithm,
  trial: Trial,
  how: { readonly trials?: number; readonly feedback?: FeedbackKind } = {},
): readonly Float64Array[] {
  const sums: Float64Array[] = [];
  eachGiven(built, algorithm, trial, how, (given, t) => {
    const sum = (sums[t - 1] ??= new Float64Array(given.length));
    for (let k = 0; k < given.length; k++) sum[k] += given[k] / (how.trials ?? 1);
  });
  return sums;
}

/** The same summed over the trial, [synapses]. */
export function totalGiven(...what: Parameters<typeof meanGiven>): Float64Array {
  return meanGiven(...what).reduce((sum, each) => sum.map((value, k) => value + each[k]));
}

/** The largest difference. */
export function apart(one: ArrayLike<number>, other: ArrayLike<number>): number {
  return Array.from(one).reduce((most, value, k) => Math.max(most, Math.abs(value - other[k])), 0);
}
