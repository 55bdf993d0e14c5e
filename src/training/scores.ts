import { checkTrial, type Engine } from '../circuit/index.ts';
import { InputError, oneOf, onlyFields, RunError, show, within } from '../errors/index.ts';
import { stream } from '../random/index.ts';
import type { Score, Task, Test, Trial } from '../tasks/index.ts';
import { askedOf } from './in-trial.ts';
import { answerOf } from './observe.ts';
import { positive } from './positive.ts';
import { hasDiverged } from './realization.ts';

/** Scores by name, in the order of the test. */
export type Scores = Readonly<Record<string, number>>;

/** A task's test; null where it has none. @throws InputError naming what of it is wrong. */
export function testOf({ test }: Task): Test | null {
  if (test === undefined) return null;
  onlyFields('task.test', test, ['scores', 'trials', 'shown', 'trial', 'score']);
  const { scores, trials, shown = [] } = test;
  positive('task.test.trials', trials, true);
  if (shown.length > trials) {
    throw new InputError(
      'task.test.shown',
      `names ${shown.length} trials, but the test has only ${trials}; give at most that many`,
    );
  }
  if (Object.keys(scores).length === 0) throw new InputError('task.test.scores', 'is empty; give at least one score');
  for (const [name, score] of Object.entries(scores)) {
    if (!NAME.test(name)) {
      throw new InputError('task.test.scores', `${show(name)} is not a name; give letters, digits and single spaces`);
    }
    const place = `task.test.scores.${name}`;
    onlyFields(place, score, ['label', 'better']);
    if (!BETTER.includes(score.better)) {
      throw new InputError(`${place}.better`, `${show(score.better)} is unknown; give ${oneOf(BETTER)}`);
    }
  }
  return test;
}

/** Names of which no two become one as the name of a file or a column. */
const NAME = /^[A-Za-z0-9]+(?: [A-Za-z0-9]+)*$/;
const BETTER: readonly string[] = ['higher', 'lower'];

/** The test trial of this number (1, 2, ...), the same whenever and whoever is tested. */
export function testTrial(test: Test, seed: number, index: number): Trial {
  return test.trial(index, stream(seed, 'test', index));
}

/** @throws InputError if the first test trial is malformed, or does not fit the circuit. */
export function checkTest(test: Test, engine: Engine, seed: number): void {
  checkFits(engine, testTrial(test, seed, 1));
}

function checkFits({ circuit }: Engine, trial: Trial): void {
  within('task.test', () => {
    checkTrial(circuit, trial);
  });
}

/**
 * Plays a test, without learning, and says what the answers are worth: of each score the mean over the trials that it bears on, NaN where
 * there is none. Changes no weight and nothing that is carried from trial to trial.
 *
 * If a value stops being finite in a test trial, every score is the worst there is, infinite.
 *
 * @param seed That of the session: it fixes the test trials.
 * @throws RunError if the test gives a score that it does not name, or one that is no number, or a function of the test throws.
 */
export function scoresOf(engine: Engine, test: Test, seed: number): Scores {
  const sums = new Map(Object.keys(test.scores).map((name) => [name, { sum: 0, count: 0 }]));
  for (let index = 1; index <= test.trials; index++) {
    const trial = askedOf('task.test', () => testTrial(test, seed, index));
    checkFits(engine, trial);
    const answer = attempt(index, () => answerOf(engine, trial, -index));
    if (answer === null) return worstOf(test);
    const given: unknown = askedOf('task.test', () => test.score(trial, answer));
    if (typeof given !== 'object' || given === null || given instanceof Promise) {
      const [name] = sums.keys();
      const problem = `expected scores, such as { ${name}: 0.5 }, got ${show(given)}`;
      throw new RunError('task.test.score', problem, { kind: 'input' });
    }
    for (const [name, value] of Object.entries<unknown>({ ...given })) {
      const found = sums.get(name);
      if (!found || typeof value !== 'number') {
        const what = found
          ? `${show(value)} is not a number; give one, or leave ${name} out where it does not apply to the trial`
          : `unknown score; expected ${oneOf([...sums.keys()])}`;
        throw new RunError(`task.test.score: ${name}`, what, { kind: 'input' });
      }
      if (Number.isNaN(value)) continue;
      found.sum += value;
      found.count += 1;
    }
  }
  return Object.fromEntries([...sums].map(([name, { sum, count }]) => [name, sum / count]));
}

/** What the scores of a test are for who diverged. */
export function worstOf({ scores }: Pick<Test, 'scores'>): Scores {
  return Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, worst(score)]));
}

/** The worst value of a score: beyond all that there are. */
export function worst({ better }: Pick<Score, 'better'>): number {
  return better === 'higher' ? -Infinity : Infinity;
}

/** What `play` gives of the test trial of this number; null where a value stops being finite. */
function attempt<T>(index: number, play: () => T): T | null {
  try {
    return play();
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if (hasDiverged(error)) return null;
    throw error.kind === 'input' ? error.within(`test trial ${index}`) : error;
  }
}
