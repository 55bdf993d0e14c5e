import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/index.ts';
import { addition, trialOfTask } from '../../src/tasks/index.ts';

/** The first bits, and the first targets, of a stream of so many trials. */
function played(task: ReturnType<typeof addition>, trials: number, seed = 3) {
  const all = Array.from({ length: trials }, (_, k) => trialOfTask(task, k + 1, seed));
  const first = (numbers: (trial: (typeof all)[number]) => Float64Array) =>
    all.flatMap((trial) => [...numbers(trial)].filter((_, k) => k % 2 === 0));
  return { x: first(({ input }) => input), target: first(({ target }) => target) };
}

describe('addition', () => {
  it.each([
    [2, 5, 1, 12],
    [7, 3, 1, 4],
    [2, 4, 3, 6],
  ])('adds the bits %i and %i samples ago, over the borders of trials', (t1, t2, hold, timesteps) => {
    const { x, target } = played(addition({ first: t1, second: t2, hold, timesteps }), 6);
    const samples = x.filter((_, row) => row % hold === 0);
    const bit = (s: number) => samples[s] ?? 0;
    target.forEach((p, row) => {
      const s = Math.floor(row / hold);
      expect(x[row]).toBe(bit(s));
      expect(p).toBe(0.5 + 0.5 * bit(s - t1) - 0.25 * bit(s - t2));
    });
    expect(new Set(samples)).toEqual(new Set([0, 1]));
  });

  it('gives both as pairs, and the same trial whenever it is asked for', () => {
    const task = addition({ timesteps: 20 });
    const trial = trialOfTask(task, 5, 1);
    for (let row = 0; row < 20; row++) {
      expect(trial.input[2 * row] + trial.input[2 * row + 1]).toBe(1);
      expect(trial.target[2 * row] + trial.target[2 * row + 1]).toBe(1);
    }
    expect(trialOfTask(task, 5, 1)).toEqual(trial);
    expect(trialOfTask(task, 5, 2)).not.toEqual(trial);
    // Made by itself it is the first of a stream.
    expect(task.trial(5, stream(1, 'task', 5)).target.slice(0, 2)).toEqual(Float64Array.of(0.5, 0.5));
  });

  it('remembers bits of very long trials', () => {
    const [first, timesteps] = [1, 200_000];
    const task = addition({ first, second: timesteps, timesteps });
    const [before, now] = [1, 2].map((index) => trialOfTask(task, index, 1));
    const [bit, earlier] = [before.input[2 * (timesteps - 1)], before.input[0]];
    expect(now.target[0]).toBe(0.5 + 0.5 * bit - 0.25 * earlier);
  });

  it('has labels by coin, with the probability that it would give', () => {
    const size = { timesteps: 4000, first: 1, second: 2 };
    const { x, target } = played(addition({ ...size, labels: 'coin' }), 1);
    const exact = played(addition(size), 1);
    expect(exact.x).toEqual(x);
    expect(new Set(target)).toEqual(new Set([0, 1]));
    const high = target.filter((_, row) => exact.target[row] === 0.75);
    expect(Math.abs(high.reduce((sum, y) => sum + y, 0) / high.length - 0.75)).toBeLessThan(0.06);
  });

  it('has the floors that are published', () => {
    const floors = { nothing: 0.6616, 'only t2': 0.6277, 'only t1': 0.5192, both: 0.4545 };
    const own = addition().floors ?? {};
    expect(Object.keys(own)).toEqual(Object.keys(floors));
    for (const [name, floor] of Object.entries(floors)) expect(own[name]).toBeCloseTo(floor, 4);
  });

  it.each([
    [{ first: 3, second: 3 }, 'addition.second: is 3, the same as first'],
    [{ hold: 3, timesteps: 100 }, 'addition.timesteps: 100 is not a whole number of samples of 3 timesteps'],
    [{ labels: 'dice' as never }, "addition.labels: expected 'probability' or 'coin', got 'dice'"],
    [{ first: -1 }, 'addition.first: -1 is not a whole number'],
    [JSON.parse('{ "lags": [1, 2] }') as object, 'addition'],
  ])('refuses %j', (options, message) => {
    expect(() => addition(options)).toThrow(message);
  });
});
