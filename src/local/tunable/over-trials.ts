import { InputError, show } from '../../errors/index.ts';
import { letter } from '../formula/letter.ts';
import { register } from '../made.ts';
import { readLocal } from '../read-local.ts';

/**
 * A parameter that has another value in every trial, given in place of a number for a tunable parameter. Only `overTrials` makes one.
 */
export interface OverTrials {
  /** The number that it is made from, which files and pages show. */
  readonly start: number;
  /** The text that runs. Two are the same if their texts and starts are the same. */
  readonly text: string;
  /** The same as a formula: `start / (1 + trial / 200)`. */
  readonly formula: string;
  /** Its value in trial `trial`, from 1. */
  at(this: void, trial: number): number;
}

/** What such a function sees. */
interface TrialView {
  readonly start: number;
  /** From 1. */
  readonly trial: number;
}

const made = register<OverTrials>();
const RESULT = 'value';

/** Whether `overTrials` made this; a copy does not count. */
export function isOverTrials(value: unknown): value is OverTrials {
  return made.has(value);
}

/** The initial value of a number. */
export function startOf<T>(value: T | OverTrials): T | number {
  return isOverTrials(value) ? value.start : value;
}

/** How a parameter changes, as tables show it. */
export function changeText({ start, formula }: OverTrials): string {
  return `${formula}, start = ${start}`;
}

/**
 * A parameter as a function of the trial, in the local language, so that it has the same bits everywhere and in a resumed session.
 *
 * @param start Any number, which the function sees as `start`: for example the value of an option.
 *
 * @example
 * rflo({ eta: overTrials(0.1, ({ start, trial }) => start / (1 + trial / 200)) }); // falls
 * delta({ eta: overTrials(0.03, ({ start, trial }) => (trial <= 500 ? start : 0)) }); // stops learning
 *
 * @throws InputError if the start is not a finite number, or, with line and column, where the function is not in the local language.
 */
export function overTrials(start: number, value: (view: TrialView) => number): OverTrials {
  if (typeof (start as unknown) !== 'number' || !Number.isFinite(start)) {
    throw new InputError('overTrials', `${show(start)} is not a finite number`);
  }
  const read = readLocal('overTrials', 'value', value, { shape: { start: 'parameter', trial: 'global' } });
  const compute = read.compileNumber();
  const [{ text: formula }] = read.formulas({ read: (_, { path }) => letter(path), result: () => letter(RESULT) });
  return made.enter({
    start,
    text: String(compute),
    formula: formula.slice(`${RESULT} = `.length),
    at: (trial: number) => compute({ start, trial }),
  });
}
