import { expect, it } from 'vitest';
import { idleAxes, type SweepData } from '../../src/recording/index.ts';
import { cellsOf, untested, type Cell, type Grid } from '../../src/training/index.ts';

type Fate = 'trials' | 'diverged';

/** A sweep over two seeds, in which a loss and what is answered in the end are as `levelOf` says. */
function swept(grid: Grid, levelOf: (cell: Cell) => number, ended: Fate = 'trials'): Parameters<typeof idleAxes>[0] {
  const realization = (seed: number, level: number): SweepData['cells'][number]['realizations'][number] => ({
    ...{ seed, ended, error: null, scores: {}, tested: untested(), shown: [] },
    ...{ losses: Float64Array.of(1, level), alignments: Float64Array.of(NaN, level) },
    ...{ finalLoss: level, firstLoss: 1, bestLoss: level, alignment: level },
    outputs:
      ended === 'diverged'
        ? null
        : { y: { size: 1, rates: Float64Array.of(seed, level), target: new Float64Array(2) } },
  });
  const cells = cellsOf(grid).map((values, i) => ({
    ...{
      number: i + 1,
      values,
      learner: `${String(values['learner'] ?? 'rflo')}${values['schedule'] === 'online' ? '-online' : ''}`,
    },
    ...{
      trials: 2,
      feedback: 'random' as const,
      realizations: [1, 2].map((seed) => realization(seed, levelOf(values))),
    },
  }));
  return { cells, description: { grid } };
}

const grid = { period: [10, 20], learner: ['rflo', 'hebb'], rate: [0.1, 0.2, 0.3] };

it('an axis that changes no bit for a learner is named, with the learner', () => {
  const level = ({ period, learner, rate }: Cell) => Number(period) * (learner === 'rflo' ? 1 : Number(rate));
  expect(idleAxes(swept(grid, level))).toEqual([expect.stringMatching(/^'rate' changes nothing for 'rflo': /)]);
  const [period, , rate] = idleAxes(swept(grid, () => 1));
  expect([period, rate]).toEqual([
    expect.stringMatching(/^'period' .* 'rflo'/),
    expect.stringMatching(/^'rate' .* 'rflo'/),
  ]);
});

it('nothing is said of an axis that changes a bit anywhere', () => {
  const level = ({ period, rate }: Cell) => (period === 20 && rate === 0.3 ? 1 + Number.EPSILON : 1) * Number(period);
  expect(idleAxes(swept(grid, level))).toEqual([]);
});

it('nothing is said where learners diverged, differ by their name, or there is one value', () => {
  expect(idleAxes(swept(grid, () => 1, 'diverged'))).toEqual([]);
  expect(idleAxes(swept({ schedule: ['trial', 'online'], rate: [1] }, () => 1))).toEqual([]);
});
