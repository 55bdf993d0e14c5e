import { setTimeout as pause } from 'node:timers/promises';
import { lastValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import {
  realizations,
  type LearnerOptions,
  type RealizationEvent,
  type RealizationsOptions,
  type SessionEvent,
} from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { endOf, eventsOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

const SEEDS = [3, 1, 2];
const options = { circuit: threeMatrices(), task: noise(), trials: 6 };

const all = (what: RealizationsOptions): Promise<RealizationEvent[]> =>
  lastValueFrom(realizations(what).pipe(toArray()));

const ofSeed = (events: readonly RealizationEvent[], wanted: number): SessionEvent[] =>
  events.flatMap(({ seed, event }) => (seed === wanted ? [event] : []));

const bitsOf = (events: readonly SessionEvent[]) => ({
  trials: trialsOf(events),
  weights: bytes(endOf(events).state.weights),
});

/** Noise with one trial that is beyond all bounds, by chance. */
const hazardous = (chance: number): Task => {
  const plain = noise();
  return {
    ...plain,
    trial: (index, random) => {
      const diverges = random() < chance;
      const trial = plain.trial(index, random);
      return diverges ? { ...trial, target: trial.target.map((value) => value * 1e200) } : trial;
    },
  };
};

describe('realizations', () => {
  const learners: LearnerOptions<'rflo'>[] = (['rflo', 'bptt'] as const).flatMap((learner) =>
    (['actors', 'kernels'] as const).map((engine) => ({ learner, engine })),
  );

  it.each(learners)('have the bits that each has alone: %o', async (learner) => {
    const events = await all({ ...options, learner, seeds: SEEDS });
    for (const seed of SEEDS) {
      expect(bitsOf(ofSeed(events, seed))).toEqual(bitsOf(await eventsOf({ ...options, learner, seed })));
    }
  });

  it('come one after another, in the order of the seeds', async () => {
    const events = await all({ ...options, seeds: SEEDS });
    expect(events.flatMap(({ seed, event }) => (event.type === 'trial' ? [seed] : []))).toEqual(
      SEEDS.flatMap((seed) => new Array<number>(6).fill(seed)),
    );
  });

  it('go on where one fails', async () => {
    const seeds = [1, 2, 3, 4, 5, 6];
    const task = hazardous(0.05);
    const events = await all({ ...options, task, seeds });
    const ends = seeds.map((seed) => ofSeed(events, seed).at(-1)?.type);
    expect(new Set(ends)).toEqual(new Set(['finished', 'failed']));
    for (const seed of seeds.filter((_, k) => ends[k] === 'finished')) {
      expect(bitsOf(ofSeed(events, seed))).toEqual(bitsOf(await eventsOf({ ...options, task, seed })));
    }
  });

  it('run anew with every subscription', async () => {
    const events$ = realizations({ ...options, seeds: SEEDS });
    const [first, second] = [
      await lastValueFrom(events$.pipe(toArray())),
      await lastValueFrom(events$.pipe(toArray())),
    ];
    for (const seed of SEEDS) expect(bitsOf(ofSeed(second, seed))).toEqual(bitsOf(ofSeed(first, seed)));
  });

  it('stop when nobody listens any more, and leave the event loop its turns', async () => {
    let trials = 0;
    const task: Task = { ...noise(), trial: (...given) => (trials++, noise().trial(...given)) };
    await lastValueFrom(realizations({ ...options, task, trials: 1e9, seeds: SEEDS }).pipe(take(3)));
    const before = trials;
    const running = realizations({ ...options, task, trials: 1e9, seeds: SEEDS }).subscribe();
    while (trials === before) await pause(5);
    running.unsubscribe();
    const stopped = trials;
    await pause(50);
    expect(trials).toBe(stopped);
  });

  it.each([
    [{ seeds: [] }, 'seeds: expected a list of whole numbers, such as [1, 2, 3], got []'],
    [{ seeds: [1, NaN] }, 'seeds[1]: NaN is not a whole number'],
    [{ seeds: [2, 2] }, 'seeds[1]: 2 is listed twice; remove one'],
    [JSON.parse('{ "seed": 3 }') as object, 'realizations.seed: unknown field'],
  ])('of %o are refused at once', (wrong, message) => {
    expect(refusal(() => realizations({ ...options, seeds: SEEDS, ...wrong }))).toContain(message);
  });

  it('with a wrong option end in an InputError', async () => {
    const trials = all({ ...options, trials: 0, seeds: SEEDS });
    await expect(trials).rejects.toThrow(new InputError('trials', '0 is not a whole number above 0'));
    // @ts-expect-error the circuit has no such rule
    realizations({ ...options, learner: 'hebb', seeds: SEEDS });
  });
});
