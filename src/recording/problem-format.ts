import { lastValueFrom, tap } from 'rxjs';
import { algorithmNamed } from '../algorithms/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import { frozen, register } from '../local/index.ts';
import {
  loadEngines,
  openSession,
  train,
  type EngineChoice,
  type LearnerOptions,
  type Session,
  type SessionEvent,
  type SessionOptions,
} from '../training/index.ts';
import type { ProblemFields } from './problem-fields.ts';

/** A session that a problem requests; the command line chooses its engine. */
export interface ProblemRun extends Omit<SessionOptions, 'learner'> {
  readonly learner?: Omit<LearnerOptions, keyof EngineChoice>;
  /** Sees every event. */
  readonly watch?: (event: SessionEvent) => void;
}

/** Its result. */
export interface ProblemOutcome {
  /** The session, at its end. */
  readonly session: Session;
  /** The loss of each trial. */
  readonly loss: readonly number[];
  /** A group's weights, [to.size][from.size]: row = postsynaptic; 0 where there is no synapse. */
  readonly matrix: (group: string) => readonly (readonly number[])[];
}

/** Runs a session to its end. @throws RunError if it fails. */
export type RunProblem = (run: ProblemRun) => Promise<ProblemOutcome>;

/**
 * A format of problem files: how a file is read, as a circuit and a task, and what is printed of the result. It is the default export of a file of
 * its own: scenarios/problems/NAME.ts for the format NAME/VERSION. It computes nothing that the library does not.
 */
export interface ProblemFormat {
  /** The `format` of the files, such as 'rxflo-spiking/1'. */
  readonly format: string;
  /** Returns a function that solves the problem, with the keys of the vector's `expected`. @throws InputError for a wrong field. */
  readonly read: (problem: ProblemFields) => (run: RunProblem) => Promise<Readonly<Record<string, unknown>>>;
}

const FORMAT_NAME = /^([a-z][a-z0-9-]{0,60})\/[1-9][0-9]{0,3}$/;

/** The file in scenarios/problems that reads a format, without its ending; null if this is not the name of a format. */
export function fileOfFormat(format: string): string | null {
  return FORMAT_NAME.exec(format)?.[1] ?? null;
}

const made = register<ProblemFormat>();

export function isProblemFormat(value: unknown): value is ProblemFormat {
  return made.has(value);
}

/** Defines a format of problem files. @throws InputError if its name is not valid. */
export function problemFormat({ format, read }: ProblemFormat): ProblemFormat {
  if (typeof format !== 'string' || fileOfFormat(format) === null) {
    throw new InputError('problemFormat', `expected the name of a format, such as 'mine/1', got ${show(format)}`);
  }
  return made.enter(frozen({ format, read }));
}

/** Runs sessions of a problem on the chosen engine; `ran` gets their events, too. */
export function problemRunner(
  { engine, precision = 'f64', evaluation }: EngineChoice,
  begin: (name: string, trials: number) => void = () => undefined,
  ran: (event: SessionEvent) => void = () => undefined,
): RunProblem {
  return async ({ watch, learner = {}, ...options }) => {
    // A learner without kernels runs in its plain engine, whatever engine is named.
    const chosen = hasKernels(learner) ? (engine ?? 'kernels') : 'actors';
    await loadEngines([{ engine: chosen }]);
    const session = openSession({
      ...options,
      learner: { ...learner, engine: chosen, precision, ...(evaluation && { evaluation }) },
    });
    const loss: number[] = [];
    begin(session.learner.name, session.learner.trials);
    const seen = tap<SessionEvent>((event) => {
      if (event.type === 'trial') loss.push(event.loss);
      ran(event);
      watch?.(event);
    });
    const last = await lastValueFrom(train(session).pipe(seen));
    if (last.type === 'failed') throw last.error;
    return { session, loss, matrix: (group) => matrixOf(session, group) };
  };
}

/** Whether the learner has kernels; the circuit's own rules do. */
function hasKernels({ learner = 'local' }: ProblemRun['learner'] & object): boolean {
  if (typeof learner !== 'string') return learner.kernel !== undefined;
  return (algorithmNamed(learner) ?? { kernel: 'rules' }).kernel !== undefined;
}

function matrixOf({ engine }: Session, name: string): readonly (readonly number[])[] {
  const group = engine.circuit.groups.find((one) => one.name === name);
  if (!group) {
    const known = oneOf(engine.circuit.groups.map((one) => one.name));
    throw new InputError('matrix', `unknown synapse group ${show(name)}; expected ${known}`);
  }
  const weights = engine.weights()[name];
  return Array.from({ length: group.to.size }, (_, i) => {
    const row = new Array<number>(group.from.size).fill(0);
    for (let k = group.rowStart[i]; k < group.rowStart[i + 1]; k++) row[group.pre[k]] = weights[k];
    return row;
  });
}
