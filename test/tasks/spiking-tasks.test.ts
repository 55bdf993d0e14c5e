import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { stream } from '../../src/random/index.ts';
import {
  delayedRecall,
  evidenceAccumulation,
  patternGeneration,
  type Task,
  type Trial,
} from '../../src/tasks/index.ts';

const trialOf = (task: Task, index = 1) => task.trial(index, stream(3, 'trial', index));

/** How many spikes a group of channels has in timesteps `from`..`to`, from 0, the last left out. */
function spikes({ input, timesteps }: Trial, channels: readonly [number, number], from: number, to: number): number {
  const inputs = input.length / timesteps;
  let sum = 0;
  for (let row = from; row < to; row++) for (let k = channels[0]; k < channels[1]; k++) sum += input[row * inputs + k];
  return sum;
}

describe('pattern generation', () => {
  it('has the same trial each time, and another for another seed', () => {
    const task = patternGeneration({ timesteps: 200 });
    expect(trialOf(task, 2)).toBe(trialOf(task, 1));
    expect(trialOf(patternGeneration({ timesteps: 200 }))).toEqual(trialOf(task));
    expect(trialOf(patternGeneration({ timesteps: 200, seed: 2 })).target).not.toEqual(trialOf(task).target);
  });

  it('begins and ends at 0, and is 1 at its largest', () => {
    const { target } = trialOf(patternGeneration());
    expect(target[0]).toBe(0);
    expect(target[999]).toBeCloseTo(0, 12);
    expect(Math.max(...target.map(Math.abs))).toBe(1);
  });

  it('has spikes at its rate', () => {
    const trial = trialOf(patternGeneration());
    expect(new Set(trial.input)).toEqual(new Set([0, 1]));
    expect(spikes(trial, [0, 100], 0, 1000) / 100_000).toBeCloseTo(0.05, 2);
  });
});

describe('evidence accumulation', () => {
  const task = evidenceAccumulation();

  it('asks at the end alone, for the side with more cues', () => {
    for (let index = 1; index <= 20; index++) {
      const trial = trialOf(task, index);
      expect([trial.timesteps, trial.input.length]).toEqual([2250, 2250 * 40]);
      const left = Array.from({ length: 7 }, (_, k) => spikes(trial, [0, 10], 150 * k + 50, 150 * (k + 1)) > 0);
      const right = Array.from({ length: 7 }, (_, k) => spikes(trial, [10, 20], 150 * k + 50, 150 * (k + 1)) > 0);
      left.forEach((cue, k) => {
        expect(right[k]).toBe(!cue);
      });
      const answer = left.filter(Boolean).length > 3 ? [1, 0] : [0, 1];
      expect([...trial.target.subarray(-2)]).toEqual(answer);
      expect(trial.target.findIndex((value) => !Number.isNaN(value))).toBe(2 * 2100);
      expect(spikes(trial, [0, 30], 1050, 2100)).toBe(0);
    }
  });

  it.each([0.05, 0.7, 1])('has channels that spike by chance, each for itself: %s', (rate) => {
    const long = 4000;
    const trial = trialOf(
      evidenceAccumulation({ channels: 21, cues: 1, silence: 0, cue: 1, delay: 0, recall: long, rate, noise: 0 }),
    );
    const at = (row: number, channel: number) => trial.input[84 * (row + 1) + 42 + channel];
    const mean = (value: (row: number) => number) =>
      Array.from({ length: long }, (_, row) => value(row)).reduce((sum, one) => sum + one, 0) / long;
    // Within five standard errors: of each channel, of pairs, and of what one says of its own next.
    const near = (value: number, p: number) => {
      expect(Math.abs(value - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / long));
    };
    for (const k of [0, 7, 15, 16, 20]) {
      near(
        mean((row) => at(row, k)),
        rate,
      );
      near(
        mean((row) => at(row, k) * at(row, (k + 3) % 21)),
        rate * rate,
      );
      near(
        mean((row) => (row === 0 ? 0 : at(row, k) * at(row - 1, k))),
        rate * rate * (1 - 1 / long),
      );
    }
  });

  it('scores the fraction that is answered wrongly', () => {
    const trial = trialOf(task);
    const right = trial.target.map((value) => (Number.isNaN(value) ? 0 : value));
    expect(task.test?.score(trial, right)).toEqual({ error: 0 });
    expect(
      task.test?.score(
        trial,
        right.map((value) => 1 - value),
      ),
    ).toEqual({ error: 1 });
  });
});

describe('delayed recall', () => {
  const task = delayedRecall({ symbol: 20, symbols: 40, rate: 0.3 });

  it('asks for the value that was last stored, while recall is shown', () => {
    let recalls = 0;
    for (let index = 1; index <= 10; index++) {
      const trial = trialOf(task, index);
      let stored = -1;
      for (let shown = 0; shown < 40; shown++) {
        const [zero, one, store, recall] = [0, 1, 2, 3].map(
          (group) => spikes(trial, [25 * group, 25 * group + 25], 20 * shown, 20 * shown + 20) > 0,
        );
        if (store) stored = one ? 1 : 0;
        expect([zero, one].filter(Boolean).length).toBe(store ? 1 : 0);
        const asked = trial.target.slice(40 * shown, 40 * shown + 2);
        expect([...asked]).toEqual(recall ? [1 - stored, stored] : [NaN, NaN]);
        if (recall) recalls++;
      }
    }
    expect(recalls).toBeGreaterThan(15);
  });

  it('shows values between commands if it is asked to, which change nothing that is asked', () => {
    const [few, many] = [0.5, 1].map((between) => delayedRecall({ symbol: 20, symbols: 200, rate: 0.3, between }));
    const shownIn = (one: Task) => {
      const trial = trialOf(one);
      let [values, both, free, stored] = [0, 0, 0, -1];
      for (let from = 0; from < 4000; from += 20) {
        const [zero, one, store, recall] = [0, 1, 2, 3].map(
          (group) => spikes(trial, [25 * group, 25 * group + 25], from, from + 20) > 0,
        );
        if (store) stored = one ? 1 : 0;
        expect([...trial.target.slice(2 * from, 2 * from + 2)]).toEqual(recall ? [1 - stored, stored] : [NaN, NaN]);
        if (store || recall) continue;
        free++;
        if (zero || one) values++;
        if (zero && one) both++;
      }
      return { part: values / free, both };
    };
    expect(shownIn(many)).toEqual({ part: 1, both: 0 });
    expect(Math.abs(shownIn(few).part - 0.5)).toBeLessThan(0.15);
    expect(shownIn(few).both).toBe(0);
  });

  it('scores recalls, each by itself, and says nothing where there is none', () => {
    const target = Float64Array.of(NaN, NaN, 1, 0, 0, 1, NaN, NaN, 0, 1);
    const trial = { timesteps: 5, input: new Float64Array(0), target };
    expect(task.test?.score(trial, Float64Array.of(0, 0, 2, 1, 3, 1, 0, 0, 1, 1.5))).toEqual({ error: 1 / 3 });
    const silent = { timesteps: 1, input: new Float64Array(0), target: Float64Array.of(NaN, NaN) };
    expect(task.test?.score(silent, Float64Array.of(1, 0))).toEqual({ error: NaN });
  });
});

it.each([
  [() => patternGeneration({ rate: 1.5 }), 'patternGeneration.rate: 1.5 is not a number from 0 to 1'],
  [() => patternGeneration({ timesteps: 1 }), 'patternGeneration.timesteps: 1 is not a whole number from 2 to '],
  [() => evidenceAccumulation({ cues: 4 }), 'evidenceAccumulation.cues: 4 is even; give an odd number'],
  [() => evidenceAccumulation({ delay: NaN }), 'evidenceAccumulation.delay: NaN is not a whole number from 0 to '],
  [() => delayedRecall({ symbols: 2.5 }), 'delayedRecall.symbols: 2.5 is not a whole number from 2 to '],
  [() => delayedRecall({ values: 3 } as never), 'delayedRecall'],
])('refuses what has no meaning: %s', (make, problem) => {
  expect(make).toThrow(InputError);
  expect(make).toThrow(problem);
});
