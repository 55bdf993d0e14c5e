import { expect, it } from 'vitest';
import { mostStretches, thin, type Point } from '../../src/report/data/thin.ts';
import { noise } from './sample-run.ts';

const points = (count: number): Point[] =>
  Array.from({ length: count }, (_, i) => ({ trial: i + 1, value: 2 + noise(i) }));

it('keeps a short series as it is', () => {
  expect(thin(points(3), 3)).toEqual(
    points(3).map(({ trial, value }) => ({ trial, median: value, low: value, high: value })),
  );
  expect(thin([])).toEqual([]);
});

it.each([201, 1000, 10_000])('keeps the first and the last of %i trials', (count) => {
  const all = points(count);
  const thinned = thin(all);
  const alone = ({ trial, value }: Point): unknown => ({ trial, median: value, low: value, high: value });
  expect(thinned[0]).toEqual(alone(all[0]));
  expect(thinned.at(-1)).toEqual(alone(all[count - 1]));
});

it('draws many trials in few stretches, by ascending trial', () => {
  const thinned = thin(points(10_000));
  expect(thinned.length).toBeLessThanOrEqual(mostStretches);
  expect(thinned.length).toBeGreaterThan(mostStretches / 2);
  const trials = thinned.map(({ trial }) => trial);
  expect(trials).toEqual([...new Set(trials)].sort((a, b) => a - b));
});

it('gives every stretch the median and the range of its own trials, and loses none', () => {
  const all = points(1000);
  const thinned = thin(all, 20);
  for (const { median, low, high } of thinned) {
    expect(low).toBeLessThanOrEqual(median);
    expect(median).toBeLessThanOrEqual(high);
  }
  const values = all.map(({ value }) => value);
  expect(Math.min(...thinned.map(({ low }) => low))).toBe(Math.min(...values));
  expect(Math.max(...thinned.map(({ high }) => high))).toBe(Math.max(...values));
});

it('takes the mean of the two middle values as the median of an even number', () => {
  const values = [5, 1, 2, 9, 4, 7];
  const thinned = thin(
    values.map((value, i) => ({ trial: 1000 + i, value })),
    3,
  );
  expect(thinned.map(({ median }) => median)).toEqual([5, 3, 7]);
  expect(thinned[1]).toMatchObject({ low: 1, high: 9 });
});
