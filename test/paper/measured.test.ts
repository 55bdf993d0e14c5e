import { expect, it } from 'vitest';
import type { RealizationData, SweepData } from '../../src/recording/index.ts';
import { untested } from '../../src/training/index.ts';
import { measured } from './measured.ts';

const realization = (seed: number, finalLoss: number): RealizationData => ({
  ...{ seed, ended: finalLoss === Infinity ? 'diverged' : 'trials', error: null, finalLoss, firstLoss: 0.5 },
  ...{ losses: new Float64Array(3), alignments: new Float64Array(3), bestLoss: 0.1, alignment: 0.75, outputs: null },
  ...{ scores: {}, tested: untested(), shown: [] },
});

const sweepOf = (losses: readonly (readonly (number | null)[])[]): SweepData => ({
  directory: 'runs/small',
  description: {
    ...{
      title: 'Small',
      scenario: 'small.ts',
      seeds: [1, 2, 3],
      places: {},
      best: 'rate',
      settings: {},
      costs: [],
      floors: [],
    },
    grid: { learner: ['rflo', 'bptt'], rate: [0.1, 0.2] },
    ...{
      learners: losses.map(() => ({ name: 'rflo', trials: 3, feedback: 'random' as const })),
      identity: {},
      scores: {},
      score: null,
    },
  },
  cells: losses.map((own, i) => ({
    ...{
      number: i + 1,
      values: { learner: i < 2 ? 'rflo' : 'bptt', rate: i % 2 === 0 ? 0.1 : 0.2 },
      learner: 'x',
      trials: 3,
      feedback: 'random',
    },
    realizations: own.map((loss, k) => (loss === null ? null : realization(k + 1, loss))),
  })),
});

it('is a row for each best cell, and says how it was run', () => {
  const sweep = sweepOf([
    [0.1, 0.2, 0.3],
    [0.1, Infinity, Infinity],
    [0.4, 0.4, 0.4],
    [0.01, 0.02, Infinity],
  ]);
  const text = measured(sweep, { minutes: 7, quick: false });
  expect(text).toContain('`rxflo sweep small.ts`: 12 realizations of 3 trials, 3 seeds, 7 minutes on two cores');
  expect(text).toContain('best rate of 0.1, 0.2.');
  expect(text).not.toContain('quick');
  expect(text.split('\n').filter((line) => line.startsWith('|'))).toEqual([
    '| learner | best rate | final loss | untrained | alignment | diverged |',
    '| --- | --- | --- | --- | --- | --- |',
    '| rflo | 0.1 | 0.200 [0.150, 0.250] | 0.500 [0.500, 0.500] | 0.750 [0.750, 0.750] | 0 of 3 |',
    '| bptt | 0.2 | 0.0200 [0.0150, diverged] | 0.500 [0.500, 0.500] | 0.750 [0.750, 0.750] | 1 of 3 |',
  ]);
  expect(measured(sweep, { minutes: 7, quick: true })).toMatch(
    /^\*\*Of the `--quick` size.*`rxflo sweep small\.ts --quick`/s,
  );
});

it('is made of whole sweeps alone', () => {
  const begun = sweepOf([[0.1, 0.2, 0.3], [0.1, null, null], [], []]);
  expect(() => measured(begun, { minutes: 7, quick: false })).toThrow('runs/small has 4 of 6 realizations; resume it');
});
