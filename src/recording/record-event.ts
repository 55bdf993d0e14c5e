import type { Session, SessionEvent } from '../training/index.ts';
import type { LearnerCheckpoint } from './checkpoint.ts';
import { recordMoment } from './record-moment.ts';
import type { RecordingWriter } from './recording-writer.ts';
import { numberArray } from './records.ts';

/**
 * Records an event. What is recorded after a save is dropped on resuming, so a stopped run can be shown and still be continued.
 *
 * @returns The event, or a failure if the circuit cannot run after learning.
 */
export function recordEvent(
  recording: RecordingWriter,
  session: Session,
  event: SessionEvent,
  save: (checkpoint: LearnerCheckpoint) => void,
): SessionEvent {
  const learner = session.learner.name;
  switch (event.type) {
    case 'trial': {
      const { trial, loss, alignment } = event;
      recording.append({ kind: 'trial', learner, trial, loss, alignment });
      return event;
    }
    case 'probe': {
      const { probe, trial, timestep, values } = event;
      const packed = numberArray(values, [values.length]);
      recording.append({ kind: 'probe', learner, probe, trial, timestep, values: packed });
      return event;
    }
    case 'checkpoint':
      save({ state: event.state, ended: null });
      return event;
    case 'finished': {
      const { reason, state } = event;
      const stopped = reason === 'stopped';
      if (stopped) save({ state, ended: null });
      const trialsEnd = recording.bytes;
      const failure = recordMoment(recording, session, 'after');
      if (failure && !stopped) {
        const error = failure.at({ trial: state.trial + 1 });
        return recordEvent(recording, session, { type: 'failed', error, state }, save);
      }
      recording.append({ kind: 'finished', learner, reason, trials: state.trial });
      if (!stopped) save({ state, ended: reason, trialsEnd });
      return event;
    }
    case 'failed':
      save({ state: event.state, ended: `failed: ${event.error.message}` });
      return event;
  }
}
