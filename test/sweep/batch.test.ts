import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Worker } from 'node:worker_threads';
import { lastValueFrom, take, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import type { BatchOptions } from '../../src/sweep/index.ts';
import type { Job } from '../../src/sweep/job.ts';
import { sessionOptions, type Realization } from '../../src/training/index.ts';
import { batch, InputError, runJobs } from '../support/built.ts';
import { eventsOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';
import hazards from './hazards.ts';

beforeAll(loadKernels);

const HAZARDS = fileURLToPath(new URL('hazards.ts', import.meta.url));
const SEEDS = [1, 2, 3, 4, 5, 6];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rxflo-batch-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** The worker threads of one test, and those of them that have ended. */
let started: Worker[];
let ended: Set<Worker>;
const onWorker = (worker: Worker): void => {
  started.push(worker);
  worker.on('exit', () => ended.add(worker));
};
beforeEach(() => {
  [started, ended] = [[], new Set()];
  process.on('worker', onWorker);
});
afterEach(() => {
  process.off('worker', onWorker);
});

const allEnded = async (count: number): Promise<void> => {
  while (ended.size < count) await pause(5);
};

const all = (options: Partial<BatchOptions>): Promise<Realization[]> =>
  lastValueFrom(batch({ scenario: HAZARDS, seeds: SEEDS, ...options }).pipe(toArray()));

/** Every bit of a realization. */
const bitsOf = (realization: Realization) => {
  const { seed, learner, losses, alignment, reason } = realization;
  const end = realization.reason === 'failed' ? realization.error : bytes(realization.weights);
  return { seed, learner, reason, course: bytes({ losses, alignment }), end };
};

/** The same realization, alone and in this thread. */
async function alone({ learner = 'rflo', seed, overrides }: Omit<Job, 'file' | 'directory'>) {
  const plan = hazards.plan({ ...overrides, seed, learners: [learner] });
  const events = await eventsOf(sessionOptions(plan, plan.learners[0]));
  const last = events.at(-1);
  if (last?.type !== 'finished' && last?.type !== 'failed') throw new Error('it has no end');
  const course = {
    losses: Float64Array.from(trialsOf(events), ({ loss }) => loss),
    alignment: Float64Array.from(trialsOf(events), ({ alignment }) => alignment ?? NaN),
  };
  return {
    ...{ seed, learner, course: bytes(course) },
    reason: last.type === 'failed' ? last.type : last.reason,
    end: last.type === 'failed' ? last.error.message : bytes(last.state.weights),
  };
}

describe('realizations have the same bits alone and', () => {
  const common = { file: HAZARDS, directory: '.' };
  const jobs: readonly Job[] = [
    ...(['actors', 'kernels'] as const).flatMap((engine) =>
      ['rflo', 'bptt'].flatMap((learner) =>
        // Of different lengths, so that they end in another order than they began.
        [1, 2, 3].map((seed) => ({ ...common, learner, seed, overrides: { engine, trials: 60 - 17 * seed } })),
      ),
    ),
    ...SEEDS.map((seed) => ({ ...common, seed, overrides: { settings: { diverges: 0.015 } } })),
    { ...common, seed: 7, overrides: { batch: 3, evaluation: 'history' } },
    { ...common, seed: 8, overrides: { batch: 2, carry: true } },
  ];

  it.each([1, 3])('on %i workers, beside others that learn otherwise, and others that diverge', async (workers) => {
    const threads = mkdtempSync(join(directory, 'threads-'));
    const inThreads = jobs.map((job): Job => {
      const settings = { ...job.overrides.settings, threads };
      return { ...job, overrides: { ...job.overrides, settings } };
    });
    const done = await lastValueFrom(runJobs(inThreads, workers).pipe(toArray()));
    if (workers === 1) expect(done.map(({ job }) => job)).toEqual(inThreads);
    expect(started).toHaveLength(workers);
    expect(ended.size).toBe(workers);
    expect(readdirSync(threads)).toHaveLength(workers);
    expect(readdirSync(threads)).not.toContain('0'); // the main thread

    const got = done.map(({ outcome }) => {
      if ('realization' in outcome) return bitsOf(outcome.realization);
      throw new Error(JSON.stringify(outcome));
    });
    const places = done.map(({ job }) => inThreads.indexOf(job));
    expect(new Set(places).size).toBe(jobs.length);
    for (const [k, place] of places.entries()) expect(got[k]).toEqual(await alone(jobs[place]));
    const failed = got.filter(({ reason }) => reason === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(SEEDS.length);
    for (const { end } of failed) expect(end).toMatch(/\(trial \d+, timestep \d+\)/);
  });
});

describe('a batch', () => {
  it('goes on where one realization ends its thread, on another', async () => {
    // By chance, seed 4 ends it.
    const got = await all({ settings: { quits: 0.0125 }, seeds: [4, 5], workers: 1, learner: 'bptt' });
    const nothing = new Float64Array(0);
    expect(got).toEqual([
      {
        ...{ seed: 4, learner: 'bptt', losses: nothing, alignment: nothing, reason: 'failed' },
        error: 'its worker ended: worker exited with code: 3',
        diverged: false,
        tested: { trials: nothing, scores: {} },
      },
      expect.objectContaining({ seed: 5, learner: 'bptt', reason: 'trials' }),
    ]);
    expect(started).toHaveLength(2);
    expect(ended.size).toBe(2);
  });

  it('ends its threads when nobody listens any more', async () => {
    const first = await lastValueFrom(batch({ scenario: HAZARDS, seeds: SEEDS, workers: 2 }).pipe(take(1)));
    expect(first.losses).toHaveLength(25);
    await allEnded(2);
    const unheard = batch({ scenario: HAZARDS, seeds: SEEDS, workers: 2, trials: 1e9 }).subscribe();
    unheard.unsubscribe();
    await allEnded(4);
    expect(started).toHaveLength(4);
  });

  it('says what is wrong with a scenario as the command line does', async () => {
    const file = join(directory, 'wrong.ts');
    writeFileSync(file, `import { rflo } from 'rxflo';\n\nexport default rflo({ eta: NaN });\n`);
    const job = { file: HAZARDS, directory: '.', seed: 1, overrides: {} };
    const jobs: readonly Job[] = [
      { ...job, directory, file: 'wrong.ts' },
      { ...job, directory, file: 'none.ts' },
      { ...job, overrides: { settings: { quit: 1 } } },
      { ...job, learner: 'hebb' },
      { ...job, overrides: { trials: 0 } },
    ];
    const messages = (await lastValueFrom(runJobs(jobs, 1).pipe(toArray()))).map(({ outcome }) =>
      'wrong' in outcome ? `${outcome.wrong.place}: ${outcome.wrong.problem}` : outcome,
    );
    expect(messages[0]).toMatch(/wrong\.ts:\d.*eta/);
    expect(messages.slice(1)).toEqual([
      `none.ts: there is no such file; give a scenario, such as scenarios/periodic.ts`,
      `${HAZARDS}: option quit: unknown option; expected 'diverges', 'quits' or 'threads'`,
      expect.stringContaining(`${HAZARDS}: learner: unknown learner 'hebb'; expected 'rflo', `),
      `${HAZARDS}: trials: 0 is not a whole number above 0`,
    ]);
    const ended = all({ scenario: file, workers: 1 });
    await expect(ended).rejects.toBeInstanceOf(InputError);
    await expect(ended).rejects.toThrow(file);
  });

  it.each([
    [{ seeds: [] }, /^seeds: expected a list of whole numbers, .*, got \[\]/],
    [{ seeds: [1, 1.5] }, /^seeds\[1\]: 1\.5 is not a whole number/],
    [{ seeds: [3, 4, 3] }, /^seeds\[2\]: 3 is listed twice/],
    [{ workers: 0 }, /^workers: 0 is not a whole number above 0/],
    [
      { scenario: new URL('https://example.org/a.ts') },
      /^scenario: expected the path of a scenario file, or a file: URL, got /,
    ],
    [JSON.parse('{ "worker": 2 }') as object, /^batch\.worker: unknown field/],
  ])('refuses %o at once', (options, message) => {
    const refused = () => batch({ scenario: HAZARDS, seeds: SEEDS, ...options });
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(message);
    expect(started).toHaveLength(0);
  });
});
