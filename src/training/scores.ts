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

/** A task's test; null if it has none. @throws InputError naming the field of it that is wrong. */
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
      throw new InputError(`${place}.better`, `expected ${oneOf(BETTER)}, got ${show(score.better)}`);
    }
  }
  return test;
}

/** Names that stay distinct as names of files or columns. */
const NAME = /^[A-Za-z0-9]+(?: [A-Za-z0-9]+)*$/;
const BETTER: readonly string[] = ['higher', 'lower'];

/** The test trial of this number (1, 2, ...), the same for every learner and at all times. */
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
 * Plays a test, without learning, and scores the answers: each score is the mean over the trials that it applies to, NaN if there are
 * none. Changes no weight and nothing that is carried from trial to trial.
 *
 * If a value becomes non-finite in a test trial, every score is the worst possible, infinite.
 *
 * @param seed That of the session: it fixes the test trials.
 * @throws RunError if the test gives a score that it does not name, or one that is not a number, or a function of the test throws.
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

/** The scores of a test if a value became non-finite. */
export function worstOf({ scores }: Pick<Test, 'scores'>): Scores {
  return Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, worst(score)]));
}

/** The worst possible value of a score. */
export function worst({ better }: Pick<Score, 'better'>): number {
  return better === 'higher' ? -Infinity : Infinity;
}

/** The result of `play` for the test trial of this number; null if a value becomes non-finite. */
function attempt<T>(index: number, play: () => T): T | null {
  try {
    return play();
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if (hasDiverged(error)) return null;
    throw error.kind === 'input' ? error.within(`test trial ${index}`) : error;
  }
}
