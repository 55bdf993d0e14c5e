import { existsSync } from 'node:fs';
import { concat, defer, finalize, map, of, EMPTY, type Observable } from 'rxjs';
import type { BuiltGroup } from '../circuit/index.ts';
import { observe, openSession, type Learner, type Plan, type Session, type SessionEvent } from '../training/index.ts';
import { checkIdentity, loadCheckpoint, saveCheckpoint, type LearnerCheckpoint } from './checkpoint.ts';
import { identityOf } from './identity.ts';
import { numberArray, type Moment } from './records.ts';
import { createRecording, resumeRecording, type RecordingWriter } from './recording-writer.ts';
import { createRunDirectory, openRunDirectory, type RunFiles } from './run-directory.ts';
import { summarize } from './summarize.ts';
import { writeSummary } from './summary-file.ts';
import type { Summary } from './summary.ts';

/** What happens while a plan runs. */
export type RunEvent =
  /** A learner begins, or goes on after `from` trials. */
  | { readonly type: 'learner'; readonly learner: Learner; readonly from: number }
  | { readonly type: 'session'; readonly learner: Learner; readonly event: SessionEvent }
  /** All is over and saved. */
  | { readonly type: 'done'; readonly summary: Summary };

/** A plan about to run into a directory. */
export interface RecordedRun {
  readonly directory: string;
  /** Runs the plan when subscribed to; errors only where files cannot be written. */
  readonly events$: Observable<RunEvent>;
  /** Ends the run after the current trial, with everything saved. */
  stop(): void;
}

export interface RecordOptions {
  readonly directory: string;
  /** What the summary calls the scenario, such as its file's name. */
  readonly scenario: string;
  /** Go on with the run in the directory, with the same bits as if it had never stopped. */
  readonly resume?: boolean;
}

/**
 * Runs a plan into a run directory: the learners one after another, into one recording and one checkpoint.
 *
 * The checkpoint says how long the recording was when it was saved, so a resumed run drops what came later and does
 * it again: no trial is lost or there twice, and the recording has the same bytes as that of an uninterrupted run.
 *
 * @throws InputError before anything is written if the plan is wrong, or the directory does not fit.
 */
export function recordRun(plan: Plan, { directory, scenario, resume = false }: RecordOptions): RecordedRun {
  const session = (learner: Learner, state?: LearnerCheckpoint['state']) =>
    openSession({ ...plan, learner: optionsOf(learner), ...(state && { resume: state }) });
  // Every learner is opened once before the first runs: what is wrong with the last should not come out hours later.
  for (const learner of plan.learners) session(learner);
  const identity = identityOf(plan);
  const { files, recording, learners } = resume ? reopen(plan, directory, identity) : begin(plan, directory);
  const ended = new Map(Object.entries(learners));
  let current: Session | undefined;
  let stopped = false;

  const save = (learner: Learner, checkpoint: LearnerCheckpoint) => {
    ended.set(learner.name, checkpoint);
    saveCheckpoint(files.checkpoint, {
      identity,
      recordingBytes: recording.sync(),
      learners: Object.fromEntries(ended),
    });
  };

  const runLearner = (learner: Learner): Observable<RunEvent> =>
    defer(() => {
      const before = ended.get(learner.name);
      if (stopped || (before && before.ended !== null)) return EMPTY;
      const running = session(learner, before?.state);
      current = running;
      if (!before) recordMoment(recording, running, 'before');
      const events$ = running.run().pipe(
        map((event): RunEvent => {
          record(recording, running, event, (checkpoint) => {
            save(learner, checkpoint);
          });
          return { type: 'session', learner, event };
        }),
      );
      return concat(of<RunEvent>({ type: 'learner', learner, from: before?.state.trial ?? 0 }), events$);
    });

  const finish = defer(() => {
    recording.flush();
    const summary = summarize(plan, scenario, files, Object.fromEntries(ended), stopped);
    writeSummary(files.summary, summary);
    return of<RunEvent>({ type: 'done', summary });
  });

  return {
    directory,
    events$: concat(...plan.learners.map(runLearner), finish).pipe(
      finalize(() => {
        recording.close();
      }),
    ),
    stop: () => {
      stopped = true;
      current?.stop();
    },
  };
}

interface Opened {
  readonly files: RunFiles;
  readonly recording: RecordingWriter;
  readonly learners: Readonly<Record<string, LearnerCheckpoint>>;
}

function begin(plan: Plan, directory: string): Opened {
  const { files, discard } = createRunDirectory(directory);
  try {
    const recording = createRecording(files.recording);
    appendHeader(recording, plan);
    return { files, recording, learners: {} };
  } catch (error) {
    discard();
    throw error;
  }
}

function reopen(plan: Plan, directory: string, identity: Readonly<Record<string, string>>): Opened {
  const files = openRunDirectory(directory);
  if (!existsSync(files.checkpoint)) {
    // Killed before its first checkpoint: there is nothing to go on from.
    const recording = resumeRecording(files.recording, 0);
    appendHeader(recording, plan);
    return { files, recording, learners: {} };
  }
  const checkpoint = loadCheckpoint(files.checkpoint);
  checkIdentity(files.checkpoint, checkpoint.identity, identity);
  return {
    files,
    recording: resumeRecording(files.recording, checkpoint.recordingBytes),
    learners: checkpoint.learners,
  };
}

function appendHeader(recording: RecordingWriter, { title, seed, learners }: Plan): void {
  const names = learners.map(({ name }) => name);
  recording.append({ kind: 'header', format: 'rxflo-recording/1', title, seed, learners: names });
  recording.flush();
}

/** Records an event. What comes after a save is dropped on resuming, so a stopped run can be shown and still go on. */
function record(
  recording: RecordingWriter,
  session: Session,
  event: SessionEvent,
  save: (checkpoint: LearnerCheckpoint) => void,
): void {
  const learner = session.learner.name;
  switch (event.type) {
    case 'trial': {
      const { trial, loss, alignment } = event;
      recording.append({ kind: 'trial', learner, trial, loss, alignment });
      return;
    }
    case 'probe': {
      const { probe, trial, timestep, values } = event;
      const packed = numberArray(values, [values.length]);
      recording.append({ kind: 'probe', learner, probe, trial, timestep, values: packed });
      return;
    }
    case 'checkpoint':
      save({ state: event.state, ended: null });
      return;
    case 'finished': {
      const { reason, state } = event;
      const stopped = reason === 'stopped';
      if (stopped) save({ state, ended: null });
      recordMoment(recording, session, 'after');
      recording.append({ kind: 'finished', learner, reason, trials: state.trial });
      if (!stopped) save({ state, ended: reason });
      return;
    }
    case 'failed':
      save({ state: event.state, ended: `failed: ${event.error.message}` });
  }
}

/** Records the weights of every group, and what every population does in the session's first trial. */
function recordMoment(recording: RecordingWriter, session: Session, when: Moment): void {
  const { engine } = session;
  const learner = session.learner.name;
  const weights = engine.weights();
  for (const group of engine.circuit.groups) {
    const { to, from, name } = group;
    const values = numberArray(matrixOf(group, weights[name]), [to.size, from.size]);
    recording.append({ kind: 'weights', learner, when, group: name, values });
  }
  const trial = session.trialOf(1);
  const { timesteps } = trial;
  const width = engine.circuit.outputs.reduce((sum, { size }) => sum + size, 0);
  const observed = observe(engine, trial);
  let offset = 0;
  const targets = new Map(
    engine.circuit.outputs.map(({ name, size }) => {
      const first = offset;
      offset += size;
      const target = Float64Array.from({ length: timesteps * size }, (_, at) => {
        return trial.target[Math.floor(at / size) * width + first + (at % size)];
      });
      return [name, numberArray(target, [timesteps, size])];
    }),
  );
  for (const { name, size } of engine.circuit.populations) {
    const rates = numberArray(observed.get(name) ?? new Float64Array(0), [timesteps, size]);
    recording.append({ kind: 'activity', learner, when, population: name, rates, target: targets.get(name) ?? null });
  }
}

function matrixOf({ to, from, rowStart, pre }: BuiltGroup, weights: Float64Array): Float64Array {
  const matrix = new Float64Array(to.size * from.size).fill(NaN);
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) matrix[i * from.size + pre[k]] = weights[k];
  }
  return matrix;
}

function optionsOf({ algorithm, name, trials, schedule, feedback }: Learner) {
  return { learner: algorithm, name, trials, schedule, feedback };
}
