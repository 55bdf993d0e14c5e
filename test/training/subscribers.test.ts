import { lastValueFrom, tap, toArray, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { openSession, train, type SessionEvent, type SessionOptions } from '../../src/training/index.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { eventsOf, trialsOf } from '../support/sessions.ts';

const options = { circuit: threeMatrices(), task: noise(), trials: 12, checkpointSeconds: 1e-9 } as const;
const all = (events$: Observable<SessionEvent>) => lastValueFrom(events$.pipe(toArray()));

describe.each(['actors', 'kernels'] as const)('two subscribers to one training on %s', (engine) => {
  const learner = { learner: 'rflo', engine } as const;
  const alone = () => eventsOf({ ...options, learner });

  it('see every event, the same to both', async () => {
    const events$ = train({ ...options, learner });
    const [one, other] = await Promise.all([all(events$), all(events$)]);
    expect(trialsOf(one)).toEqual(trialsOf(await alone()));
    expect(other.length).toBe(one.length);
    one.forEach((event, k) => {
      expect(other[k]).toBe(event);
    });
  });

  it('share the run of a session, too', async () => {
    await loadKernels();
    const session = openSession({ ...options, learner });
    const [one, other, third] = await Promise.all([all(session.run()), all(train(session)), all(session.run())]);
    expect(trialsOf(one).length).toBe(12);
    expect(other).toEqual(one);
    expect(third).toEqual(one);
  });

  it('are one too many where events have been missed', async () => {
    await loadKernels();
    const events$ = openSession({ ...options, learner }).run();
    const late: unknown[] = [];
    const events = await all(
      events$.pipe(
        tap((event) => {
          if (event.type !== 'trial' || event.trial !== 5) return;
          events$.subscribe({ next: (seen) => late.push(seen), error: (error: unknown) => late.push(error) });
        }),
      ),
    );
    expect(trialsOf(events).length).toBe(12);
    expect(late).toHaveLength(1);
    expect(late[0]).toBeInstanceOf(InputError);
    expect(String(late[0])).toContain('session: is already running, and 5 trials are done');
  });

  it('get the end alone, if they come after it', async () => {
    const events$ = train({ ...options, learner });
    const [{ type, ...end }] = (await all(events$)).slice(-1);
    expect(type).toBe('finished');
    expect(await all(events$)).toEqual([{ type, ...end }]);
  });
});

it('a subscriber that goes takes nothing from the other', async () => {
  const events$ = train({ ...options, learner: 'rflo' });
  const first = events$.subscribe((event) => {
    if (event.type === 'trial' && event.trial === 3) first.unsubscribe();
  });
  expect(trialsOf(await all(events$)).length).toBe(12);
});

it('whoever comes after a failure gets the failure again', async () => {
  const session = openSession({ ...options, circuit: threeMatrices({ rate: 1e60 }) });
  const [failed] = (await eventsOf(session)).slice(-1);
  expect(failed.type).toBe('failed');
  expect(await eventsOf(session)).toEqual([failed]);
});

describe('what is thrown outside a trial', () => {
  const broken = new Error('broken');
  const until = (trial: number) => (event: SessionEvent) => {
    if (event.type === 'trial' && event.trial === trial) throw broken;
  };

  it('by the session itself is its failure', async () => {
    const session = openSession(options as SessionOptions);
    const events: SessionEvent[] = [];
    await lastValueFrom(
      session.run().pipe(
        tap((event) => {
          events.push(event);
          if (event.type === 'trial' && event.trial === 2) {
            vi.spyOn(session.engine, 'weights').mockImplementation(() => {
              throw broken;
            });
          }
        }),
      ),
    );
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'failed', error: broken });
    expect(last).toHaveProperty('state.trial', 1);
  });

  it("by an operator of a subscriber's is that subscriber's error, and the others go on", async () => {
    const events$ = train({ ...options, learner: 'rflo' });
    const [one, other] = await Promise.allSettled([all(events$.pipe(tap(until(4)))), all(events$)]);
    expect(one).toEqual({ status: 'rejected', reason: broken });
    expect(other.status === 'fulfilled' && trialsOf(other.value).length).toBe(12);
  });
});
