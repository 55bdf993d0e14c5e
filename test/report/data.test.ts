import { describe, expect, it } from 'vitest';
import { largest, nearlyLargest, reorder, shrink, transpose } from '../../src/report/data/grid.ts';
import { feedbackWeights } from '../../src/report/data/chance.ts';
import { hiddenPopulations } from '../../src/report/data/hidden.ts';
import { histogram } from '../../src/report/data/histogram.ts';
import { sideBySide } from '../../src/report/data/side-by-side.ts';
import { matrix, sampleRun } from './sample-run.ts';

describe('shrink', () => {
  it('leaves a small matrix as it is', () => {
    const small = matrix(3, 4);
    expect(shrink(small, 4)).toEqual({ ...small, block: [1, 1] });
  });

  it('averages blocks, also the incomplete ones at the edges', () => {
    const counted = matrix(3, 5, (i) => i);
    expect(shrink(counted, 3)).toEqual({
      shape: [3, 3],
      block: [1, 2],
      values: Float64Array.of(0.5, 2.5, 4, 5.5, 7.5, 9, 10.5, 12.5, 14),
    });
  });

  it('leaves absent synapses out of the mean, and a block of nothing else absent', () => {
    const sparse = { shape: [1, 4] as const, values: Float64Array.of(NaN, 3, NaN, NaN) };
    expect(shrink(sparse, 2).values).toEqual(Float64Array.of(3, NaN));
  });

  it('makes a thousand by a thousand a hundred by a hundred', () => {
    expect(shrink(matrix(1000, 1000)).shape).toEqual([100, 100]);
  });
});

it('transposes and reorders', () => {
  const m = { shape: [2, 3] as const, values: Float64Array.of(1, 2, 3, 4, 5, 6) };
  expect(transpose(m)).toEqual({ shape: [3, 2], values: Float64Array.of(1, 4, 2, 5, 3, 6) });
  expect(reorder(m, [1, 0]).values).toEqual(Float64Array.of(4, 5, 6, 1, 2, 3));
});

it('finds a colour scale that one outlier does not spoil', () => {
  const values = new Float64Array(1000).fill(-1);
  values[17] = 50;
  values[18] = NaN;
  const outlier = [{ shape: [10, 100] as const, values }];
  expect(nearlyLargest(outlier)).toBe(1);
  expect(largest(outlier)).toBe(50);
  expect(nearlyLargest([])).toBe(0);
});

it('counts every finite value once in a histogram', () => {
  const steps = histogram([0, 0.1, 0.5, 1, NaN], [0, 1], 2);
  expect(steps).toEqual([
    { from: 0, count: 2 },
    { from: 0.5, count: 2 },
    { from: 1, count: 0 },
  ]);
});

it('counts the feedback weights to populations that are read out', () => {
  const { summary } = sampleRun({ hidden: ['h', 'g'], units: 6 });
  if (summary === null) throw new Error('the sample has a summary');
  expect(feedbackWeights(summary)).toBe(12);
  const unread = summary.circuit.synapses.filter(({ name }) => name !== 'g to y');
  expect(feedbackWeights({ ...summary, circuit: { ...summary.circuit, synapses: unread } })).toBe(6);
});

describe('side by side', () => {
  const run = sampleRun({ learners: ['a', 'b'] });

  it('shows what was before learning once if all learners began alike', () => {
    const shown = sideBySide(run, ({ name }, when) => (when === 'before' ? 0 : name.length), Object.is);
    expect(shown.map(({ title }) => title)).toEqual(['before', 'after a', 'after b']);
  });

  it('shows before and after of each learner where they began differently', () => {
    const shown = sideBySide(run, ({ name }, when) => name + when, Object.is);
    expect(shown.map(({ title }) => title)).toEqual(['before a', 'after a', 'before b', 'after b']);
  });

  it('leaves out what was not recorded', () => {
    const shown = sideBySide(run, ({ name }, when) => (name === 'a' || when === 'before' ? 0 : undefined), Object.is);
    expect(shown.map(({ title }) => title)).toEqual(['before', 'after a']);
  });
});

it('orders units by the time of their peak after learning, and has no output among them', () => {
  const run = sampleRun({ learners: ['a'], units: 3 });
  const rates = Float64Array.of(0, 0, 9, 0, 9, 0, 9, 0, 0);
  const after = new Map([['h', { shape: [3, 3] as const, rates, target: null }]]);
  const learners = run.learners.map((learner) => ({ ...learner, activity: { ...learner.activity, after } }));
  const populations = hiddenPopulations({ ...run, learners });
  expect(populations.map(({ name, order }) => [name, order])).toEqual([['h', [2, 1, 0]]]);
  expect(populations[0].panels[1].value.values).toEqual(Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9));
});
