import { defer, switchMap, type Observable } from 'rxjs';
import { onlyFields } from '../errors/index.ts';
import { loadKernels } from '../kernels/index.ts';
import type { SessionEvent } from './events.ts';
import { learnerOptions } from './learner.ts';
import { SESSION_FIELDS, type SessionOptions } from './session-options.ts';
import { Session } from './session.ts';

/** Opens a session; see `Session`. */
export function openSession<R extends string, G extends string>(options: SessionOptions<R, G>): Session {
  return new Session(options);
}

/**
 * Trains: opens a session, or takes an open one, and runs it. Loads the kernels automatically if they are needed; an error in the options is then
 * the Observable's, once it is subscribed to. Otherwise it is thrown here.
 *
 * @example
 * train({ circuit, task, learner: 'rflo', trials: 100 }).subscribe((event) => {
 *   if (event.type === 'trial') console.log(event.trial, event.loss);
 * });
 */
export function train<R extends string, G extends string>(
  what: SessionOptions<R, G> | Session,
): Observable<SessionEvent> {
  if (what instanceof Session) return what.run();
  onlyFields('session', what, SESSION_FIELDS);
  if (learnerOptions(what.learner ?? 'local').engine !== 'kernels') return new Session(what).run();
  let opened: Promise<Session> | undefined;
  return defer(() => (opened ??= loadKernels().then(() => new Session(what)))).pipe(
    switchMap((session) => session.run()),
  );
}
