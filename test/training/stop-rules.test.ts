import { lastValueFrom, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { openSession, type SessionOptions } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { endOf, eventsOf, statesOf, trialsOf } from '../support/sessions.ts';

/** One trial, again and again, so that its loss falls. */
const task = { ...noise(), trial: () => fixed };
const random = (() => {
  let x = 1;
  return () => (x = (x * 16807) % 2147483647) / 2147483647;
})();
const fixed = noise().trial(1, random);

const options: SessionOptions = { circuit: threeMatrices(), task, trials: 20 };
/** Nothing changes, so no trial is better than the first. */
const idle: SessionOptions = { ...options, circuit: threeMatrices({ rate: 0 }) };

async function run(what: SessionOptions) {
  const events = await eventsOf(what);
  const { reason, state } = endOf(events);
  return { reason, state, losses: trialsOf(events).map(({ loss }) => loss), events };
}

describe('a session ends', () => {
  it('after its trials', async () => {
    const { reason, state, losses } = await run(options);
    expect([reason, state.trial, losses.length]).toEqual(['trials', 20, 20]);
  });

  it("after its learner's own trials, when those are fewer", async () => {
    const fewer = await run({ ...options, learner: { learner: 'local', trials: 3 } });
    expect([fewer.reason, fewer.state.trial]).toEqual(['trials', 3]);
    const more = await run({ ...options, learner: { learner: 'local', trials: 300 } });
    expect(more.state.trial).toBe(20);
  });

  it('as soon as a trial reaches the target loss', async () => {
    const { losses: all } = await run(options);
    const [start, end] = [all[0], all[19]];
    expect(end).toBeLessThan(start);
    const targetLoss = all[9];
    const first = all.findIndex((loss) => loss <= targetLoss);
    const { reason, losses } = await run({ ...options, targetLoss });
    expect([reason, losses]).toEqual(['loss', all.slice(0, first + 1)]);
    expect(losses.length).toBeLessThan(20);
  });

  it('when for so many trials none was better than the best', async () => {
    const { reason, state } = await run({ ...idle, patience: 4 });
    expect([reason, state.trial, state.best?.trial]).toEqual(['patience', 5, 1]);
    expect((await run({ ...options, patience: 4 })).reason).toBe('trials');
  });

  it('counting on patience across a resumption', async () => {
    const { events } = await run({ ...idle, trials: 3, checkpointSeconds: 1e-9 });
    const { reason, state } = await run({ ...idle, patience: 4, resume: statesOf(events)[2] });
    expect([reason, state.trial]).toEqual(['patience', 5]);
  });

  it('when its seconds are over, those before a resumption counted', async () => {
    const { reason, state } = await run({ ...options, trials: 1e9, seconds: 0.03 });
    expect(reason).toBe('time');
    expect(state.elapsed).toBeGreaterThanOrEqual(30);
    expect(state.trial).toBeGreaterThan(0);
    const again = await run({ ...options, trials: 1e9, seconds: 0.03, resume: state });
    expect([again.reason, again.state.trial, again.losses]).toEqual(['time', state.trial, []]);
  });

  it('by the clock, which also counts what is done with its events; so do its checkpoints', async () => {
    const busy = (ms: number) => {
      for (const end = performance.now() + ms; performance.now() < end;);
    };
    const session = openSession({ ...options, trials: 1e9, seconds: 0.2, checkpointSeconds: 0.05 });
    const seen = { trial: 0, checkpoint: 0 };
    const began = performance.now();
    const last = await lastValueFrom(
      session.run().pipe(
        tap(({ type }) => {
          if (type === 'trial') busy(10);
          if (type === 'trial' || type === 'checkpoint') seen[type]++;
        }),
      ),
    );
    expect(last).toMatchObject({ type: 'finished', reason: 'time' });
    expect(seen.trial).toBeLessThanOrEqual(21);
    expect(seen.checkpoint).toBeGreaterThan(0);
    expect(session.state().inTrials).toBeLessThan(session.state().elapsed);
    expect(session.state().elapsed).toBeLessThanOrEqual(performance.now() - began);
  });

  it('after the current trial when it is asked to', async () => {
    const session = openSession({ ...options, trials: 1e9 });
    const seen: string[] = [];
    await new Promise<void>((done) => {
      session.run().subscribe({
        next: (event) => {
          seen.push(event.type === 'trial' ? `trial ${event.trial}` : event.type);
          if (event.type === 'trial' && event.trial === 3) session.stop();
          if (event.type === 'finished') seen.push(event.reason);
        },
        complete: done,
      });
    });
    expect(seen).toEqual(['trial 1', 'trial 2', 'trial 3', 'finished', 'stopped']);
    expect(session.state().trial).toBe(3);
  });

  it('before its first trial when it was resumed at its end', async () => {
    const { state } = await run(options);
    const { reason, losses } = await run({ ...options, resume: state });
    expect([reason, losses]).toEqual(['trials', []]);
  });
});

describe('a stop rule that makes no sense', () => {
  it.each([
    [{ trials: 0 }, 'trials: 0 is not a whole number above 0'],
    [{ trials: 1.5 }, 'trials: 1.5 is not a whole number above 0'],
    [{ patience: 0 }, 'patience: 0 is not a whole number above 0'],
    [{ seconds: -1 }, 'seconds: -1 is not a number above 0'],
    [{ targetLoss: NaN }, 'targetLoss: NaN is not a number above 0'],
    [{ checkpointSeconds: 0 }, 'checkpointSeconds: 0 is not a number above 0'],
    [{ seed: 1.5 }, 'seed: 1.5 is not a whole number'],
    [{ learner: { learner: 'local', trials: 0 } }, 'learner.trials: 0 is not a whole number above 0'],
    [{ learner: { learner: 'local', trials: NaN } }, 'learner.trials: NaN is not a whole number above 0'],
  ])('is refused: %o', (wrong, message) => {
    expect(refusal(() => openSession({ ...options, ...wrong }))).toBe(message);
  });
});
