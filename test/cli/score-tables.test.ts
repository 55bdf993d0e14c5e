import { lastValueFrom } from 'rxjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resultTable } from '../../src/cli/result-table.ts';
import { sweepTable } from '../../src/cli/sweep-table.ts';
import { readRun, recordRun, type SweepData } from '../../src/recording/index.ts';
import type { Stream } from '../../src/random/index.ts';
import { scenario, untested } from '../../src/training/index.ts';
import { noise, threeMatrices } from '../support/networks.ts';

const label = 'Some';

it('the table of a run has a column for each score', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rxflo-tables-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const task = (tested: boolean) => ({
    ...noise(),
    ...(tested && {
      test: {
        scores: {
          right: { label, better: 'higher' },
          lost: { label, better: 'lower' },
          none: { label, better: 'lower' },
        },
        ...{
          trials: 1,
          trial: (_: number, random: Stream) => noise().trial(1, random),
          score: () => ({ right: 1 / 3, lost: Infinity }),
        },
      } as const,
    }),
  });
  const table = async (name: string, tested: boolean) => {
    const plan = scenario({
      ...{ title: 'T', circuit: () => threeMatrices(), task: () => task(tested), trials: 2, compare: ['rflo'] },
    }).plan();
    await lastValueFrom(recordRun(plan, { directory: join(directory, name), scenario: 't.ts' }).events$);
    const { summary } = readRun(join(directory, name));
    return summary ? resultTable(summary) : '';
  };
  const shown = await table('tested', true);
  expect(shown).toMatch(/alignment │ +right │ +lost │ +none │ ms\/trial/);
  expect(shown).toMatch(/│ +0\.333 │ diverged │ +- │/);
  expect(shown).toContain('Scores: from the test after learning.');
  expect(await table('plain', false)).not.toContain('Scores');
});

it('the table of a sweep has the median of each score, and its quartiles', () => {
  const realization = (seed: number, right: number) => ({
    ...{ seed, ended: right === -Infinity ? ('diverged' as const) : ('trials' as const), error: null },
    ...{ losses: new Float64Array(1), alignments: new Float64Array(1), alignment: NaN },
    ...{ finalLoss: 1, firstLoss: 1, bestLoss: 1, outputs: null, shown: [], tested: untested(), scores: { right } },
  });
  const sweepOf = (scores: SweepData['description']['scores']): SweepData => ({
    directory: '',
    description: {
      ...{
        title: 'T',
        scenario: 't.ts',
        grid: { rate: [1] },
        seeds: [1, 2, 3],
        places: {},
        settings: {},
        costs: [],
        floors: [],
      },
      ...{ best: null, learners: [{ name: 'rflo', trials: 1, feedback: 'random' }], identity: {}, scores, score: null },
    },
    cells: [
      {
        ...{ number: 1, values: { rate: 1 }, learner: 'rflo', trials: 1, feedback: 'random' },
        realizations: [realization(1, -Infinity), realization(2, 0.25), realization(3, 0.75)],
      },
    ],
  });
  const table = sweepTable(sweepOf({ right: { label, better: 'higher' } }));
  expect(table).toMatch(/alignment │ +right/);
  expect(table).toContain('0.25 [diverged, 0.5]');
  expect(sweepTable(sweepOf({}))).not.toContain('right');
});
