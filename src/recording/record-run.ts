import { concat, defer, finalize, map, of, EMPTY, type Observable } from 'rxjs';
import {
  openSession,
  sessionOptions,
  type Learner,
  type Plan,
  type Session,
  type SessionEvent,
} from '../training/index.ts';
import { within } from '../errors/index.ts';
import { certificatesOf } from './certificates.ts';
import { saveCheckpoint, type LearnerCheckpoint } from './checkpoint.ts';
import { whileRunning } from './file-errors.ts';
import { identityOf } from './identity.ts';
import { beginRun, reopenRun, type RunPlace } from './open-run.ts';
import { recordEvent } from './record-event.ts';
import { recordMoment } from './record-moment.ts';
import { summarize } from './summarize.ts';
import { writeSummary } from './summary-file.ts';
import type { Summary } from './summary.ts';

/** What happens while a plan runs. */
export type RunEvent =
  /** A learner begins, or continues after `from` trials. */
  | { readonly type: 'learner'; readonly learner: Learner; readonly from: number }
  | { readonly type: 'session'; readonly learner: Learner; readonly event: SessionEvent }
  /** Everything has ended and is saved. */
  | { readonly type: 'done'; readonly summary: Summary };

/** A plan that is ready to run into a directory. */
export interface RecordedRun {
  readonly directory: string;
  /** The run's number of trials before it was resumed with more; else null. */
  readonly trialsBefore: number | null;
  /** Runs the plan when subscribed to; fails only if files cannot be written. */
  readonly events$: Observable<RunEvent>;
  /** Ends the run after the current trial, with everything saved. */
  stop(): void;
}

export interface RecordOptions extends RunPlace {
  /** The scenario's name in the summary, such as its file's name. */
  readonly scenario: string;
  /**
   * Whether to continue the run in the directory, with the same bits as if it had never stopped; if the plan has more trials, as if it had had
   * them from the beginning.
   */
  readonly resume?: boolean;
}

/**
 * Runs a plan into a run directory: the learners one after another, into one recording and one checkpoint.
 *
 * The checkpoint stores the recording's length when it was saved, so a resumed run drops what came later and repeats
 * it: no trial is lost or recorded twice, and the recording has the same bytes as that of an uninterrupted run.
 *
 * @throws InputError before anything is written if the plan is wrong, or the directory does not fit.
 */
export function recordRun(plan: Plan, options: RecordOptions): RecordedRun {
  const session = (learner: Learner, state?: LearnerCheckpoint['state']) =>
    openSession({ ...sessionOptions(plan, learner), ...(state && { resume: state }) });
  // Every learner is opened and certified before the first runs, so that an error in the last does not appear only hours later.
  const [probeWidths] = plan.learners.map((learner, k) => {
    const open = () => session(learner).probeWidths;
    // An error in the first usually concerns all, so it is not blamed on this learner.
    return k > 0 ? within(`learner '${learner.name}'`, open) : open();
  });
  const certificates = certificatesOf(plan);
  const identity = identityOf(plan);
  const planned = { plan, identity, probeWidths };
  const {
    files,
    unlock,
    recording,
    learners,
    trialsBefore = null,
  } = options.resume ? reopenRun(planned, options) : beginRun(planned, options);
  const ended = new Map(Object.entries(learners));
  let current: Session | undefined;
  let stopped = false;

  const save = (learner: Learner, checkpoint: LearnerCheckpoint) => {
    ended.set(learner.name, checkpoint);
    whileRunning(() => {
      const recordingBytes = recording.sync();
      saveCheckpoint(files.checkpoint, { identity, recordingBytes, learners: Object.fromEntries(ended) });
    });
  };

  const runLearner = (learner: Learner): Observable<RunEvent> =>
    defer(() => {
      const before = ended.get(learner.name);
      if (stopped || (before && before.ended !== null)) return EMPTY;
      const running = session(learner, before?.state);
      current = running;
      // If the circuit cannot run at all, its first trial fails and reports it.
      if (!before) recordMoment(recording, running, 'before');
      const events$ = running.run().pipe(
        map((event): RunEvent => {
          const recorded = recordEvent(recording, running, event, (checkpoint) => {
            save(learner, checkpoint);
          });
          return { type: 'session', learner, event: recorded };
        }),
      );
      return concat(of<RunEvent>({ type: 'learner', learner, from: before?.state.trial ?? 0 }), events$);
    });

  const finish = defer(() => {
    const summary = whileRunning(() => {
      recording.flush();
      const summarized = summarize(plan, options.scenario, files, Object.fromEntries(ended), certificates);
      writeSummary(files.summary, summarized);
      return summarized;
    });
    return of<RunEvent>({ type: 'done', summary });
  });

  return {
    directory: files.directory,
    trialsBefore,
    events$: concat(...plan.learners.map(runLearner), finish).pipe(
      finalize(() => {
        try {
          recording.close();
        } finally {
          unlock();
        }
      }),
    ),
    stop: () => {
      stopped = true;
      current?.stop();
    },
  };
}
