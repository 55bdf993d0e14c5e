import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { exportRun, readRun, recordRun } from '../../src/recording/index.ts';
import { renderReport } from '../../src/report/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { openSession, scenario, sessionOptions, type Plan } from '../../src/training/index.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { eventsOf } from '../support/sessions.ts';
import { malformation } from '../report/well-formed.ts';
import { scratch } from './sample.ts';

/** Noise, tested on noise. */
const tested = (): Task => ({
  ...noise(),
  test: {
    scores: {
      'mean error': { label: 'Mean <absolute> error', better: 'lower' },
      none: { label: 'Nothing', better: 'higher' },
      lost: { label: 'Lost', better: 'higher' },
    },
    trials: 2,
    trial: (index, random) => noise(8).trial(index, random),
    score: ({ target }, answer) => ({
      'mean error': answer.reduce((sum, y, k) => sum + Math.abs(y - target[k]), 0) / answer.length,
      lost: -Infinity,
    }),
  },
});

const planned = (task = tested(), probes: Plan['probes'] = {}): Plan =>
  scenario({
    title: 'Scores',
    ...{ circuit: () => threeMatrices(), task: () => task, trials: 4, compare: ['rflo', 'bptt'], probes },
  }).plan();

async function recorded(plan: Plan): Promise<string> {
  const directory = join(scratch(), 'run');
  await lastValueFrom(recordRun(plan, { directory, scenario: 'scores.ts' }).events$);
  return directory;
}

const probes = {
  learned: { test: 'scores', everyTrials: 2 },
  rates: { neurons: 'h', value: 'rate', only: [0] },
} as const;

describe('a run of a task with a test', () => {
  it('records the scores after learning, and sums them up', async () => {
    const plan = planned();
    const { header, learners, summary } = readRun(await recorded(plan));
    expect(header.test?.scores.map(({ name, better }) => [name, better])).toEqual([
      ['mean error', 'lower'],
      ['none', 'higher'],
      ['lost', 'higher'],
    ]);
    for (const [i, learner] of plan.learners.entries()) {
      const session = openSession(sessionOptions(plan, learner));
      await eventsOf(session);
      const scores = session.scores() ?? {};
      expect([...(learners[i].scores ?? [])]).toEqual(Object.values(scores));
      expect(summary?.learners[i].scores).toEqual({ 'mean error': scores['mean error'], none: null, lost: 'diverged' });
    }
    expect(learners[0].scores).not.toEqual(learners[1].scores);
  });

  it('is exported with names for its scores, those of its probes too', async () => {
    const directory = await recorded(planned(tested(), probes));
    const out = join(directory, 'export');
    exportRun(directory, 'csv', out);
    const lines = (name: string) => readFileSync(join(out, name), 'utf8').trimEnd().split('\n');
    expect(lines('probe-learned.csv')[0]).toBe('learner,trial,timestep,mean error,none,lost');
    expect(lines('probe-rates.csv')[0]).toBe('learner,trial,timestep,v0');
    const [, , last] = lines('probe-learned.csv');
    const [, , , error] = last.split(',');
    expect(last).toBe(`rflo,4,,${error},,-inf`);
    expect(lines('scores.csv').slice(0, 4)).toEqual([
      ...['learner,score,value', `rflo,mean error,${error}`, 'rflo,none,', 'rflo,lost,-inf'],
    ]);
    exportRun(directory, 'npz', out);
    expect(readFileSync(join(out, 'run.npz')).includes('bptt/scores/mean error.npy')).toBe(true);
  });

  it('shows them in the table, and over trials in a figure where a probe reads them, also before the run has ended', async () => {
    const directory = await recorded(planned(tested(), probes));
    for (const ended of [true, false]) {
      if (!ended) rmSync(join(directory, 'summary.json'));
      const { figures, html } = renderReport(readRun(directory));
      expect(malformation(figures['scores'])).toBeNull();
      for (const text of ['mean error (lower is better)', 'Mean &lt;absolute&gt; error', 'rflo', 'bptt']) {
        expect(figures['scores']).toContain(`>${text}<`);
      }
      expect(figures['scores']).not.toContain('none (');
      expect(html.match(/>(?:mean error|none|lost)<\/th>/g)).toHaveLength(3);
      expect(html.match(/<td[^>]*>diverged</g)).toHaveLength(2);
    }
    expect(renderReport(readRun(await recorded(planned()))).figures).not.toHaveProperty('scores');
  });

  it('and one without says nothing of it', async () => {
    const run = readRun(await recorded(planned(noise())));
    expect(run.header).not.toHaveProperty('test');
    expect(run.learners.map(({ scores }) => scores)).toEqual([null, null]);
    expect(run.summary?.learners.map(({ scores }) => scores)).toEqual([{}, {}]);
    expect(renderReport(run).html).not.toContain('Scores (');
  });

  it('is only gone on with under the same test', async () => {
    const directory = await recorded(planned());
    const { test } = tested();
    if (!test) throw new Error('there is no test');
    const other = planned({ ...tested(), test: { ...test, trials: 3 } });
    expect(() => recordRun(other, { directory, scenario: 'scores.ts', resume: true })).toThrow(
      /checkpoint.msgpack: test: differs from that of the saved run/,
    );
  });
});
