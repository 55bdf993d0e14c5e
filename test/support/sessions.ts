import { lastValueFrom, toArray } from 'rxjs';
import {
  train,
  type Finished,
  type SessionEvent,
  type Session,
  type SessionOptions,
  type SessionState,
  type TrialDone,
} from '../../src/training/index.ts';

/** Everything that happens in a session, in order. */
export function eventsOf(what: SessionOptions | Session): Promise<readonly SessionEvent[]> {
  return lastValueFrom(train(what).pipe(toArray()));
}

/** The events of one type. */
export function ofType<T extends SessionEvent['type']>(
  events: readonly SessionEvent[],
  type: T,
): readonly Extract<SessionEvent, { type: T }>[] {
  return events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);
}

/** How a session that did not fail ended. */
export function endOf(events: readonly SessionEvent[]): Finished {
  const last = events.at(-1);
  if (last?.type !== 'finished') throw new Error(`the session ended with ${JSON.stringify(last)}`);
  return last;
}

export function trialsOf(events: readonly SessionEvent[]): readonly TrialDone[] {
  return ofType(events, 'trial');
}

/** The moments to save that a session has met; `checkpointSeconds: 1e-9` makes one after every trial. */
export function statesOf(events: readonly SessionEvent[]): readonly SessionState[] {
  return ofType(events, 'checkpoint').map(({ state }) => state);
}
