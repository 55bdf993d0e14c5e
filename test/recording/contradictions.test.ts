import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRun, readSummary, readSweep } from '../../src/recording/index.ts';
import { makeRun, makeSweep } from '../hostile/examples.ts';
import { complaint, scratch } from './sample.ts';

/** Changes a JSON file. */
function edit(file: string, change: (content: object) => object): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as object)));
}

describe('a summary', () => {
  test.each([
    ['trials', 999, 'learners[0].trials: is 999, but 4 in the recording'],
    ['lastLoss', 1e-9, 'learners[0].lastLoss: is 1e-9, but '],
    ['learner', 'other', 'learners: is other, bptt, but rflo, bptt in the recording'],
  ])('whose learner has another %s than the recording is refused', async (field, value, problem) => {
    const directory = join(scratch(), 'run');
    await makeRun(directory);
    expect(readRun(directory).summary?.state).toBe('finished');
    const file = join(directory, 'summary.json');
    const [first, ...others] = readSummary(file).learners;
    edit(file, (summary) => ({ ...summary, learners: [{ ...first, [field]: value }, ...others] }));
    expect(complaint(() => readRun(directory))).toContain(`${file}: ${problem}`);
  });
});

describe('a sweep', () => {
  const axis = { name: 'rate', values: [1] };
  const numbers = (length: number) => Array.from({ length }, (_, i) => i);
  test.each([
    ['an axis twice', { grid: [axis, axis] }, "grid[1].name: 'rate' is the name of two axes"],
    ['a value twice', { grid: [{ name: 'rate', values: [1, 1] }] }, 'grid[0].values: 1 is listed twice'],
    ['a seed twice', { seeds: [1, 2, 1] }, 'seeds[2]: 1 is listed twice'],
    ['no whole seed', { seeds: [2 ** 60] }, 'seeds[0]: 1152921504606847000 is not'],
    [
      'too many realizations',
      {
        grid: [{ name: 'rate', values: numbers(2000) }],
        seeds: numbers(2000),
        learners: numbers(2000).map(() => ({ name: 'a', trials: 1 })),
      },
      'seeds: 2000 cells and 2000 seeds make 4000000 realizations; give at most 1000000',
    ],
    [
      'too many cells',
      { grid: [axis, { name: 'a', values: numbers(400) }, { name: 'b', values: numbers(400) }] },
      'grid: has 160000 cells',
    ],
    [
      'too many axes',
      { grid: numbers(101).map((i) => ({ name: String(i), values: [1] })) },
      'grid: a list of 101 is not 100 or less',
    ],
  ])('with %s is refused', (_, change, problem) => {
    const directory = join(scratch(), 'sweep');
    makeSweep(directory);
    const file = join(directory, 'sweep.json');
    edit(file, (content) => ({ ...content, ...change }));
    expect(complaint(() => readSweep(directory))).toContain(`${file}: ${problem}`);
  });
});
