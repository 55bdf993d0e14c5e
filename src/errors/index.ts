import { oneLine, show } from './text.ts';

export { oneLine, oneOf, show } from './text.ts';

/**
 * The two kinds of error a user meets. Everything else that is thrown is a defect of ours.
 *
 * `InputError`: what was given is wrong (exit code 2). `RunError`: the run itself failed (exit code 1).
 */

/** The longest place and problem of a message: names and values in them may be anyone's. */
const [LONGEST_PLACE, LONGEST_PROBLEM] = [800, 1000];

/**
 * What a person gave is wrong: `place` says where, the message what is there and what would be right.
 * Whatever names and values are in them, both are one line that a terminal shows as it is.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** Where: a file, a field of it, a flag; for example `synapses.recurrent.delay`. */
  readonly place: string;
  /** What is there, and what would be right. */
  readonly problem: string;

  constructor(place: string, problem: string) {
    const [where, what] = [oneLine(place, LONGEST_PLACE), oneLine(problem, LONGEST_PROBLEM)];
    super(`${where}: ${what}`);
    this.place = where;
    this.problem = what;
  }

  /** The same error seen from a step further out: a circuit inside a scenario file, say. */
  within(outer: string): InputError {
    return new InputError(`${outer}: ${this.place}`, this.problem);
  }
}

/** A run that began and cannot go on: a value stopped being finite, or a user's function threw. */
export class RunError extends Error {
  override readonly name = 'RunError';
  /** The timestep 1..T within the trial, where one can be named. */
  readonly timestep?: number;
  /** The trial, counted from 1, where one can be named. */
  readonly trial?: number;

  constructor(
    /** Who failed, for example `synapse recurrent 4 <- 7` or `neuron h 3`. */
    readonly actor: string,
    readonly problem: string,
    { timestep, trial, cause }: { timestep?: number; trial?: number; cause?: unknown } = {},
  ) {
    const when = [
      ...(trial === undefined ? [] : [`trial ${trial}`]),
      ...(timestep === undefined ? [] : [`timestep ${timestep}`]),
    ].join(', ');
    super(`${actor}${when && ` (${when})`}: ${problem}`, { cause });
    if (timestep !== undefined) this.timestep = timestep;
    if (trial !== undefined) this.trial = trial;
  }

  /** The same failure, with when it happened. */
  at(when: { timestep?: number; trial?: number }): RunError {
    return new RunError(this.actor, this.problem, {
      ...(this.timestep !== undefined && { timestep: this.timestep }),
      ...(this.trial !== undefined && { trial: this.trial }),
      ...when,
      cause: this.cause,
    });
  }
}

/** @throws InputError if `value` is no record, or has a field that is none of `fields`: mostly one that is misspelled. */
export function onlyFields(place: string, value: object | null | undefined, fields: readonly string[]): void {
  if (typeof value !== 'object' || value === null) {
    throw new InputError(place, `${show(value)} is no record; give { ${fields.join(', ')} }`);
  }
  for (const key of Object.keys(value)) {
    if (!fields.includes(key)) throw new InputError(`${place}.${key}`, `is no field; there is ${fields.join(', ')}`);
  }
}
