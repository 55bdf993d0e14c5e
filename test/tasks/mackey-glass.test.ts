import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { input, linear } from '../../src/neurons/index.ts';
import { stream } from '../../src/random/index.ts';
import { mackeyGlass } from '../../src/tasks/index.ts';
import { mackeyGlassSeries } from '../../src/tasks/mackey-glass.ts';
import { refusal } from '../refusal.ts';

const random = () => stream(1, 'mackey-glass');

describe('the Mackey-Glass series', () => {
  it('is the exact solution as long as the delay looks back to before it began', () => {
    const [x0, every] = [0.7206597, 0.85];
    const rest = (0.2 * x0) / (1 + x0 ** 10) / 0.1;
    mackeyGlassSeries(17, every, 21).forEach((x, n) => {
      expect(x).toBeCloseTo(rest + (x0 - rest) * Math.exp(-0.1 * every * n), 10);
    });
  });

  it('is the same however densely it is looked at, and has the range that is known of it', () => {
    const [coarse, fine] = [mackeyGlassSeries(17, 2, 200), mackeyGlassSeries(17, 0.5, 797)];
    coarse.forEach((x, n) => {
      expect(x).toBeCloseTo(fine[4 * n], 6);
    });
    const long = mackeyGlassSeries(17, 2, 1500).subarray(100);
    expect([Math.min(...long), Math.max(...long)].map((x) => x.toFixed(1))).toEqual(['0.4', '1.3']);
  });
});

describe('the task', () => {
  const task = mackeyGlass({ points: 10, length: 3, start: 1 });
  const trial = task.trial(1, random());

  it('shows the series beside a constant, and asks for the next point', () => {
    const series = mackeyGlassSeries(17, 19.7, 36).subarray(5);
    expect(trial.timesteps).toBe(30);
    expect([...trial.input]).toEqual([...series.subarray(0, 30)].flatMap((x) => [x, 1]));
    expect([...trial.target]).toEqual([...series.subarray(1, 31)]);
  });

  it('adds noise to what is shown while learning alone, another in each trial', () => {
    const noisy = mackeyGlass({ points: 10, length: 3, start: 1, noise: 0.1 });
    const [one, other] = [1, 2].map((index) => noisy.trial(index, stream(1, 'trial', index)).input);
    expect(one).not.toEqual(other);
    expect([...one].filter((_, k) => k % 2 === 1)).toEqual(new Array(30).fill(1));
    expect(noisy.trial(1, random()).target).toEqual(trial.target);
    expect(noisy.test?.trial(1, random()).input).toEqual(task.test?.trial(1, random()).input);
  });

  it('has the network go on by itself in its test: what it has said is its next input', () => {
    const doubling = circuit({
      neurons: { x: input(2), y: linear(1) },
      synapses: { read: { from: 'x', to: 'y', weights: [[0.5, 0.25]] } },
    });
    const engine = new ActorEngine(build(doubling, 1), { schedule: 'trial', feedback: 'random' });
    const test = task.test?.trial(1, random()) ?? trial;
    const readers = ['x', 'y'].map((neurons) => engine.reader({ neurons, value: 'rate' }));
    const rows: number[][] = [];
    engine.trial(test, {
      learn: false,
      onTimestep: () => {
        rows.push(
          readers.flatMap((reader) => {
            const values = new Float64Array(reader.length);
            reader.read(values, 0);
            return [...values];
          }),
        );
      },
    });
    expect(rows).toHaveLength(60);
    rows.forEach(([x, one, y], row) => {
      expect(one).toBe(1);
      expect(y).toBe(0.5 * x + 0.25);
      expect(x).toBe(row < 30 ? test.input[2 * row] : rows[row - 1][2]);
    });
    expect(test.target.subarray(0, 30)).toEqual(trial.target);
  });

  it('scores what follows the part that was shown: 200/n sum |y - x| / (|y| + |x|)', () => {
    const test = task.test?.trial(1, random()) ?? trial;
    const score = (factor: number) =>
      task.test?.score(test, test.target.map((x, row) => (row < 30 ? NaN : factor * x)))['sMAPE']; // prettier-ignore
    expect(score(1)).toBe(0);
    expect(score(3)).toBeCloseTo(100, 10);
    expect(score(-1)).toBe(200);
    const soon = test.target.map((x, row) => (row < 40 ? 3 * x : x));
    expect(task.test?.score(test, soon)['sMAPE soon']).toBeCloseTo(100, 10);
    expect(task.test?.score(test, soon)['sMAPE']).toBeCloseTo(100 / 3, 10);
  });

  it('refuses options that are none', () => {
    expect(refusal(() => mackeyGlass({ tau: 0 }))).toMatch(/^mackeyGlass\.tau: 0 is not a number from 1 to 100/);
    expect(refusal(() => mackeyGlass({ start: 0.5 }))).toMatch(/^mackeyGlass\.start: 0\.5 is not a whole number/);
  });
});
