import { oneLine, show } from './text.ts';

export { counted, joined, oneLine, oneOf, show } from './text.ts';

/**
 * The two kinds of error a user meets. Everything else that is thrown is a defect of ours.
 *
 * `InputError`: what was given is wrong (exit code 2). `RunError`: the run itself failed (exit code 1).
 */

/** The longest place and problem of a message, which may contain any names and values. */
const [LONGEST_PLACE, LONGEST_PROBLEM] = [800, 1000];

/**
 * Something the user gave is wrong: `place` says where, `problem` what the value is and what would be right.
 * Whatever names and values they contain, both are one line that is safe to show in a terminal, and so is each line of the excerpt.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** Where: a file, a field of it, a flag; for example `synapses.recurrent.delay`. */
  readonly place: string;
  /** What the value is, and what would be right. */
  readonly problem: string;
  /** Lines of the user's own text that the message quotes below the problem; usually empty. */
  readonly excerpt: readonly string[];

  constructor(place: string, problem: string, excerpt: readonly string[] = []) {
    const [where, what] = [oneLine(place, LONGEST_PLACE), oneLine(problem, LONGEST_PROBLEM)];
    const quoted = excerpt.map((line) => oneLine(line));
    super([`${where}: ${what}`, ...quoted].join('\n'));
    this.place = where;
    this.problem = what;
    this.excerpt = quoted;
  }

  /** The same error with an outer place before its own: a scenario file, for example, that contains the circuit. */
  within(outer: string): InputError {
    return new InputError(`${outer}: ${this.place}`, this.problem, this.excerpt);
  }
}

/** Returns what `make` makes. An InputError that it throws also names this place. */
export function within<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof InputError ? error.within(place) : error;
  }
}

/**
 * Why a run failed. `diverged`: a value that the network computed is no longer finite, which is a valid result of learning.
 * `input`: the task gave a value that cannot be used. `failed`: something broke, such as a user's function that threw.
 */
export type FailureKind = 'diverged' | 'input' | 'failed';

/** A run that began cannot continue. The message is one line, like that of an `InputError`. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly kind: FailureKind;
  /** The timestep 1..T within the trial, if known. */
  readonly timestep?: number;
  /** The trial, counted from 1, if known. */
  readonly trial?: number;

  /** What failed, for example `synapse recurrent 4 <- 7` or `neuron h 3`. */
  readonly actor: string;
  readonly problem: string;

  constructor(
    actor: string,
    problem: string,
    {
      timestep,
      trial,
      kind = 'failed',
      cause,
    }: { timestep?: number; trial?: number; kind?: FailureKind; cause?: unknown } = {},
  ) {
    const when = [
      ...(trial === undefined ? [] : [`trial ${trial}`]),
      ...(timestep === undefined ? [] : [`timestep ${timestep}`]),
    ].join(', ');
    const [who, what] = [oneLine(actor, LONGEST_PLACE), oneLine(problem, LONGEST_PROBLEM)];
    super(`${who}${when && ` (${when})`}: ${what}`, { cause });
    this.actor = who;
    this.problem = what;
    this.kind = kind;
    if (timestep !== undefined) this.timestep = timestep;
    if (trial !== undefined) this.trial = trial;
  }

  /** The same failure, with when it happened. */
  at(when: { timestep?: number; trial?: number }): RunError {
    return this.renamed(this.actor, when);
  }

  /** The same failure with an outer place before its own. */
  within(outer: string): RunError {
    return this.renamed(`${outer}: ${this.actor}`, {});
  }

  private renamed(actor: string, when: { timestep?: number; trial?: number }): RunError {
    return new RunError(actor, this.problem, {
      ...(this.timestep !== undefined && { timestep: this.timestep }),
      ...(this.trial !== undefined && { trial: this.trial }),
      ...when,
      kind: this.kind,
      cause: this.cause,
    });
  }
}

/** A computed value that is no longer finite, as in `its rate became NaN`. `blame` adds the actor that computed it. */
export class NotFinite extends Error {
  override readonly name = 'NotFinite';

  constructor(
    /** For example `its rate`. */
    what: string,
    value: number,
  ) {
    super(`${what} became ${value}`);
  }
}

/** An actor's failure: what was thrown, with the actor's name. A `RunError` already has one and is returned unchanged. */
export function blame(actor: string, error: unknown, when: { timestep?: number } = {}): RunError {
  if (error instanceof RunError) return error;
  const problem = error instanceof Error ? error.message : String(error);
  return new RunError(actor, problem, {
    ...when,
    kind: error instanceof NotFinite ? 'diverged' : 'failed',
    cause: error,
  });
}

/** @throws InputError if `value` is not an object, or has a field that is not in `fields`, usually a misspelled one. */
export function onlyFields(place: string, value: object | null | undefined, fields: readonly string[]): void {
  if (typeof value !== 'object' || value === null) {
    throw new InputError(place, `expected { ${fields.join(', ')} }, got ${show(value)}`);
  }
  for (const key of Object.keys(value)) {
    if (!fields.includes(key))
      throw new InputError(`${place}.${key}`, `unknown field; expected one of ${fields.join(', ')}`);
  }
}
