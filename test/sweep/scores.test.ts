import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, take, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quartiles } from '../../src/analysis/index.ts';
import { bestCells, readSweep, resultsCsv, summarizeSweep, type SweepData } from '../../src/recording/index.ts';
import type { SweepOptions } from '../../src/sweep/index.ts';
import { observe, openSession, sessionOptions, testTrial } from '../../src/training/index.ts';
import { batch, InputError, sweep } from '../support/built.ts';
import { eventsOf } from '../support/sessions.ts';
import tested from './tested.ts';

const TESTED = fileURLToPath(new URL('tested.ts', import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rxflo-scores-'));
  await all('whole');
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const at = (name: string) => join(directory, name);
const options = (name: string, more: Partial<SweepOptions> = {}): SweepOptions => ({
  ...{ scenario: TESTED, workers: 1, directory: at(name) },
  ...more,
});
const all = (name: string, more?: Partial<SweepOptions>) => lastValueFrom(sweep(options(name, more)).pipe(toArray()));
const csv = (data: SweepData) => [...resultsCsv(data)].join('');
const whole = () => readSweep(at('whole'));

describe('a sweep of a task with a test', () => {
  it('keeps of each realization the scores that it has alone, over training and at the end', async () => {
    for (const { values, learner, realizations } of whole().cells.slice(0, 4)) {
      for (const kept of realizations) {
        if (kept === null) throw new Error('a realization is missing');
        const settings = { longest: Number(values['longest']), rate: Number(values['rate']) };
        const plan = tested.plan({ settings, learners: [learner], seed: kept.seed, usualEngine: 'actors' });
        const alone = { ...sessionOptions(plan, plan.learners[0]) };
        const scores: (Readonly<Record<string, number>> | null)[] = [];
        for (const trials of [6, 12, 18, 20]) {
          const session = openSession({ ...alone, trials });
          await eventsOf(session);
          scores.push(session.scores());
        }
        expect([...kept.tested.trials]).toEqual([6, 12, 18, 20]);
        for (const name of ['nearness', 'late error']) {
          expect([...kept.tested.scores[name]]).toEqual(scores.map((each) => each?.[name]));
        }
        expect(kept.scores).toEqual(scores.at(-1));
      }
    }
  });

  it('keeps what the outputs answer in the trials that the test wants shown', async () => {
    const [{ learner, realizations }] = whole().cells;
    const plan = tested.plan({ settings: { rate: 0.1 }, learners: [learner], seed: 2, usualEngine: 'actors' });
    const session = openSession(sessionOptions(plan, plan.learners[0]));
    await eventsOf(session);
    const shown = realizations[1]?.shown ?? [];
    expect(shown.map(({ label }) => label)).toEqual(['delay 4', 'delay 6, unseen', 'delay 8']);
    for (const [i, { outputs }] of shown.entries()) {
      if (!plan.task.test) throw new Error('there is no test');
      const trial = testTrial(plan.task.test, 2, i + 1);
      expect([...outputs['y'].rates]).toEqual([...(observe(session.engine, trial).get('y') ?? [])]);
      expect(outputs['y'].target).toEqual(trial.target);
    }
  });

  it('has columns for its scores, and the same bytes on two workers, stopped and gone on with', async () => {
    const rows = csv(whole()).trimEnd().split('\n');
    expect(rows[0]).toBe(
      'cell,longest,rate,learner,seed,trials,first_loss,final_loss,best_loss,alignment,score.nearness,score.late error,ended,error',
    );
    expect(rows).toHaveLength(25);
    const written = rows.slice(1).map((row) => row.split(',').slice(10, 12).map(Number));
    const read = whole().cells.flatMap(({ realizations }) =>
      realizations.map((one) => one && Object.values(one.scores)),
    );
    expect(written).toEqual(read);
    expect(new Set(written.map(([nearness]) => nearness)).size).toBeGreaterThan(2);
    await lastValueFrom(sweep(options('on-2', { workers: 2 })).pipe(take(5)));
    await all('on-2', { workers: 2, resume: true });
    expect(csv(readSweep(at('on-2')))).toBe(csv(whole()));
  });

  it('is tested at the end alone where nothing else is asked, with the same losses and final scores', async () => {
    const found = await lastValueFrom(
      batch({ scenario: TESTED, seeds: [1, 2], settings: { rate: 0.1 }, workers: 1 }).pipe(toArray()),
    );
    const { realizations } = whole().cells[0];
    for (const {
      seed,
      losses,
      tested: { trials, scores },
    } of found) {
      const swept = realizations[seed - 1];
      expect(losses).toEqual(swept?.losses);
      expect([...trials]).toEqual([20]);
      expect(Object.fromEntries(Object.entries(scores).map(([name, values]) => [name, values[0]]))).toEqual(
        swept?.scores,
      );
    }
    expect(found).toHaveLength(2);
  });

  it('is summarized with medians and quartiles of its scores', () => {
    const { cells, scores, score } = summarizeSweep(whole());
    expect(score).toBe('nearness');
    expect(scores.map(({ name, better }) => [name, better])).toEqual([
      ['nearness', 'higher'],
      ['late error', 'lower'],
    ]);
    whole().cells.forEach(({ realizations }, i) => {
      expect(cells[i].scores['nearness']).toEqual(quartiles(realizations.map((one) => one?.scores['nearness'] ?? NaN)));
    });
  });

  it('is best where its score is, which may be asked for anew and changes no result', async () => {
    const chosen = (data: SweepData) => bestCells(data).map(({ number }) => number);
    const medians = whole().cells.map(
      ({ realizations }) => quartiles(realizations.map((one) => one?.scores['nearness'] ?? NaN)).median,
    );
    const pairs = [1, 3, 5, 7].map((first) => (medians[first] > medians[first - 1] ? first + 1 : first));
    expect(chosen(whole())).toEqual(pairs);
    expect(new Set(pairs.map((number) => number % 2)).size).toBe(2);
    cpSync(at('whole'), at('anew'), { recursive: true });
    await all('anew', { resume: true, score: 'late error' });
    expect(readSweep(at('anew')).description.score).toBe('late error');
    expect(csv(readSweep(at('anew')))).toBe(csv(whole()));
  });

  it('refuses a score that is none', async () => {
    const error: unknown = await all('none', { score: 'right' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain("score: unknown score 'right'; expected 'nearness' or 'late error'");
    const file = join(at('spoilt'), 'sweep.json');
    cpSync(at('whole'), at('spoilt'), { recursive: true });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"score": "nearness"', '"score": "right"'));
    expect(() => readSweep(at('spoilt'))).toThrow("score: unknown score 'right'; expected 'nearness' or");
  });

  it('refuses a score that is something else in another cell', async () => {
    const error: unknown = await all('two', { grid: { label: ['One', 'Other'] } }).catch((caught: unknown) => caught);
    expect(String(error)).toContain(
      "task.test.scores.nearness: is 'One, higher is better' in one cell and 'Other, higher is better' in another",
    );
  });

  it('goes by the loss where its tasks have no test', async () => {
    const plain = { settings: { tested: false }, trials: 2, seeds: 1, grid: { longest: [8] }, best: 'longest' };
    await all('plain', plain);
    const data = readSweep(at('plain'));
    expect([data.description.score, data.description.scores]).toEqual([null, {}]);
    expect(data.cells[0].realizations[0]).toMatchObject({ scores: {}, tested: { scores: {} }, shown: [] });
    const error: unknown = await all('plain-2', { ...plain, score: 'nearness' }).catch((caught: unknown) => caught);
    expect(String(error)).toContain("score: unknown score 'nearness'; the task has no test: leave score out");
  });

  it('counts what diverged as the worst, and knows nothing of what failed', async () => {
    await all('diverging', { grid: { rate: [1e200] }, settings: { longest: 8 }, seeds: 2, best: 'rate' });
    const data = readSweep(at('diverging'));
    const [{ realizations }] = data.cells;
    expect(realizations.map((one) => [one?.ended, one?.scores])).toEqual(
      Array(2).fill(['diverged', { nearness: -Infinity, 'late error': Infinity }]),
    );
    expect(csv(data)).toMatch(/,-inf,inf,diverged,/);
    expect(summarizeSweep(data).cells[0].scores['nearness'].median).toBe('diverged');
  });
});
