import { concatMap, from, map, type Observable } from 'rxjs';
import { onlyFields } from '../errors/index.ts';
import type { SessionEvent } from './events.ts';
import { checkSeeds } from './seeds.ts';
import { SESSION_FIELDS, type SessionOptions } from './session-options.ts';
import { train } from './train.ts';

/** What all realizations have in common, and their seeds. */
export interface RealizationsOptions<R extends string = string, G extends string = string> extends Omit<
  SessionOptions<R, G>,
  'seed' | 'resume'
> {
  /** Distinct whole numbers, one for each realization. */
  readonly seeds: readonly number[];
}

/** An event of the realization with this seed. */
export interface RealizationEvent {
  readonly seed: number;
  readonly event: SessionEvent;
}

const FIELDS = ['seeds', ...SESSION_FIELDS.filter((field) => field !== 'seed' && field !== 'resume')];

/**
 * Runs one session for each seed, one after another in the order of the seeds. Each gives the same bits as when it runs alone.
 *
 *     seeds   1, 2
 *     events  -(1 trial)-(1 trial)-(1 finished)-(2 trial)-(2 failed)|
 *
 * A realization that fails emits `failed`; the others continue. Loads the kernels automatically if they are needed.
 * Like a session it runs in short slices, so timers and drawing continue meanwhile. Every subscription runs all realizations again;
 * unsubscribing stops at the next trial.
 *
 * An InputError about the names of fields or the seeds is thrown here; one about the values of fields is the Observable's error.
 *
 * @example
 * realizations({ circuit, task, learner: 'rflo', trials: 100, seeds: [1, 2, 3] }).subscribe(({ seed, event }) => {
 *   if (event.type === 'finished') console.log(seed, event.state.last?.loss);
 * });
 */
export function realizations<R extends string, G extends string>(
  options: RealizationsOptions<R, G>,
): Observable<RealizationEvent> {
  onlyFields('realizations', options, FIELDS);
  const { seeds, ...common } = options;
  checkSeeds(seeds);
  return from([...seeds]).pipe(concatMap((seed) => train({ ...common, seed }).pipe(map((event) => ({ seed, event })))));
}
