import type { Engine } from '../../circuit/index.ts';
import { InputError, onlyFields, show } from '../../errors/index.ts';
import type { Task } from '../../tasks/index.ts';
import { scoresOf, testOf } from '../scores.ts';
import { checkEvery, type ReadyProbe } from './ready.ts';

/**
 * The scores of the task's test, in their order: see `scoresOf`. The test is played at the end of a trial, after its changes are applied, and
 * does not affect what is learned. It costs the test's trials without learning, whose time counts as the trial's; observers of an actor's ports
 * see them.
 */
export interface ScoresProbe {
  readonly test: 'scores';
  /** Tested after trials n, 2n, ...; by default after every one. */
  readonly everyTrials?: number;
}

/** The fields of such a probe. */
export const SCORES = ['test', 'everyTrials'];

/** Whether a probe tests what was learned. */
export function isScoresProbe(probe: object): probe is ScoresProbe {
  return 'test' in probe;
}

/** Plays the task's test. @throws InputError if the task has none. */
export function scoresProbe(
  name: string,
  place: string,
  probe: ScoresProbe,
  { engine, task, seed }: { readonly engine: Engine; readonly task: Task; readonly seed: number },
): ReadyProbe {
  onlyFields(place, probe, SCORES);
  const { test: what, everyTrials = 1 } = probe;
  if ((what as unknown) !== 'scores') {
    throw new InputError(`${place}.test`, `expected 'scores', got ${show(what)}`);
  }
  checkEvery(place, { everyTrials });
  const test = testOf(task);
  if (test === null) {
    throw new InputError(place, `the task '${task.name}' has no test; give it one, or leave this probe out`);
  }
  return {
    name,
    width: Object.keys(test.scores).length,
    plays: true,
    duringTrial: () => false,
    begin: () => undefined,
    due: (trial, timestep) => timestep === null && trial % everyTrials === 0,
    read: () => Float64Array.from(Object.values(scoresOf(engine, test, seed))),
  };
}
