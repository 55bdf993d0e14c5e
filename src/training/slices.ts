import { Observable, type SchedulerLike } from 'rxjs';

/** How long work runs before the event loop gets a turn, ms. */
const SLICE = 40;

/**
 * Work done step by step, in short slices, so that timers, signals and drawing continue meanwhile. Each step emits what happens, and returns whether
 * another follows. What a step throws is the Observable's error. Unsubscribing ends the work at the next step.
 */
export function inSlices<Event>(
  scheduler: SchedulerLike,
  step: (emit: (event: Event) => void) => boolean,
): Observable<Event> {
  return new Observable((subscriber) => {
    const emit = (event: Event) => {
      subscriber.next(event);
    };
    return scheduler.schedule(function () {
      const end = performance.now() + SLICE;
      try {
        while (!subscriber.closed) {
          if (!step(emit)) subscriber.complete();
          else if (performance.now() >= end) break;
        }
      } catch (error) {
        subscriber.error(error);
      }
      if (!subscriber.closed) this.schedule();
    });
  });
}
