import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { stream } from '../../src/random/index.ts';
import { intervalMatching, type IntervalMatchingOptions, type Trial } from '../../src/tasks/index.ts';

/** Where a run of 1s begins, for each. */
function beginnings(input: Float64Array): number[] {
  return [...input.keys()].filter((t) => input[t] === 1 && (t === 0 || input[t - 1] === 0));
}

const delayOf = ({ input }: Trial) => {
  const [first, second] = beginnings(input);
  return second - first;
};

describe('interval matching', () => {
  it('answers as late after the second pulse as that came after the first, whatever the delay', () => {
    const task = intervalMatching();
    const delays = new Set<number>();
    for (let index = 1; index <= 300; index++) {
      const { timesteps, input, target } = task.trial(index, stream(3, 'task', index));
      const [first, second, ...others] = beginnings(input);
      const delay = second - first;
      expect([timesteps, first, others.length, target.indexOf(Math.max(...target))]).toEqual([
        570,
        20,
        0,
        second + delay,
      ]);
      expect(target[second + delay]).toBe(1);
      expect(target[second + delay + 10]).toBeCloseTo(Math.exp(-0.5), 15);
      delays.add(delay);
    }
    expect([Math.min(...delays), Math.max(...delays)]).toEqual([150, 250]);
  });

  it('draws the delay of a trial from its own stream alone', () => {
    const task = intervalMatching({ shortest: 20, longest: 90 });
    expect(task.trial(5, stream(1, 'task', 5))).toEqual(task.trial(5, stream(1, 'task', 5)));
    expect(task.trial(5, stream(1, 'task', 5))).not.toEqual(task.trial(6, stream(1, 'task', 6)));
  });

  it('has pulses, a bell and a length as asked', () => {
    const options = { shortest: 7, longest: 7, pulse: 2, width: 0.5, before: 0, after: 3 };
    const { timesteps, input, target } = intervalMatching(options).trial(1, stream(1));
    expect([timesteps, [...input.keys()].filter((t) => input[t] === 1)]).toEqual([17, [0, 1, 7, 8]]);
    expect([...target].map((value) => value.toFixed(2)).join(' ')).toBe(
      '0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.14 1.00 0.14 0.00',
    );
    expect(intervalMatching(options).settings).toEqual({ ...options, tolerance: 10 });
  });

  it('never draws an unseen delay, and all others', () => {
    const draw = (unseen?: readonly [number, number]) => {
      const task = intervalMatching({ shortest: 20, longest: 30, ...(unseen && { unseen }) });
      return Array.from({ length: 200 }, (_, i) => delayOf(task.trial(i, stream(4, 'task', i))));
    };
    const counted = (delays: readonly number[]) => [...new Set(delays)].sort((one, other) => one - other);
    expect(counted(draw())).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    expect(counted(draw([23, 27]))).toEqual([20, 21, 22, 28, 29, 30]);
    expect(counted(draw([20, 22]))).toEqual([23, 24, 25, 26, 27, 28, 29, 30]);
    expect(counted(draw([24, 30]))).toEqual([20, 21, 22, 23]);
  });

  it.each<readonly [object, string]>([
    [{ shortest: 0 }, 'intervalMatching.shortest: 0 is not a whole number of timesteps, 1 or more'],
    [{ longest: 1.5 }, 'intervalMatching.longest: 1.5 is not a whole number'],
    [{ shortest: 20, longest: 10 }, 'intervalMatching.longest: 10 is less than shortest; give 20 or more'],
    [{ pulse: 200 }, 'intervalMatching.pulse: 200 timesteps overlap the second pulse; give 150 or less'],
    [{ width: 0 }, 'intervalMatching.width: 0 is not a number of timesteps above 0'],
    [{ before: -1 }, 'intervalMatching.before: -1 is not a whole number of timesteps, 0 or more'],
    [{ delay: 3 }, 'intervalMatching.delay: unknown field'],
    [{ tolerance: -1 }, 'intervalMatching.tolerance: -1 is not a whole number of timesteps, 0 or more'],
    [
      { unseen: [140, 160] },
      'intervalMatching.unseen: expected the first and last of some delays within 150..250, got [140,160]',
    ],
    [
      { unseen: [200, 190] },
      'intervalMatching.unseen: expected the first and last of some delays within 150..250, got [200,190]',
    ],
    [
      { unseen: [200] },
      'intervalMatching.unseen: expected the first and last of some delays within 150..250, got [200]',
    ],
    [
      { unseen: [190, 200, 210] },
      'intervalMatching.unseen: expected the first and last of some delays within 150..250, got [190,200,210]',
    ],
    [{ unseen: 200 }, 'intervalMatching.unseen: expected the first and last of some delays within 150..250, got 200'],
    [{ unseen: [150, 250] }, 'intervalMatching.unseen: leaves no delay to train with'],
  ])('refuses %j', (options, problem) => {
    expect(() => intervalMatching(options)).toThrow(InputError);
    expect(() => intervalMatching(options)).toThrow(problem);
  });
});

describe('the test of interval matching', () => {
  const tested = (options: IntervalMatchingOptions = {}) => {
    const { test } = intervalMatching(options);
    if (!test) throw new Error('there is no test');
    return { test, trials: Array.from({ length: test.trials }, (_, i) => test.trial(i + 1, stream(5, 'test', i + 1))) };
  };
  /** The target, as many timesteps later, and so high. */
  const shifted = ({ target }: Trial, by: number, height = 1) =>
    Float64Array.from(target, (_, t) => height * (target.at(t - by) ?? 0) * Number(t - by >= 0));

  it('takes the right answer for right, in time and high enough, and no other', () => {
    const { test, trials } = tested();
    for (const trial of trials) {
      const answered = (by: number, height?: number) => test.score(trial, shifted(trial, by, height))['answered'];
      expect([0, 10, -10, 11, -11].map((by) => answered(by))).toEqual([1, 1, 1, 0, 0]);
      expect([0.5, 0.49, 7, -1].map((height) => answered(0, height))).toEqual([1, 0, 1, 0]);
      expect(test.score(trial, new Float64Array(trial.timesteps))).toEqual({ answered: 0 });
    }
  });

  it('hears nothing before the second pulse has ended', () => {
    const { test, trials } = tested();
    for (const trial of trials) {
      const ended = 20 + delayOf(trial) + 10;
      const early = (at: number) =>
        test.score(
          trial,
          shifted(trial, 0).map((value, t) => (t === at ? 2 : value)),
        );
      expect([early(ended - 1), early(ended)]).toEqual([{ answered: 1 }, { answered: 0 }]);
    }
  });

  it('has delays from the whole range, shows its ends and middle, and scores the unseen ones apart', () => {
    const { test, trials } = tested({ unseen: [160, 170] });
    expect(test.trials).toBe(100);
    expect(test.shown).toEqual(['delay 150', 'delay 165, unseen', 'delay 200', 'delay 250']);
    const delays = trials.map(delayOf);
    expect(delays.slice(0, 4)).toEqual([150, 165, 200, 250]);
    expect(new Set(delays).size).toBeGreaterThan(50);
    for (const [i, delay] of delays.entries()) {
      const unseen = delay >= 160 && delay <= 170;
      const scores = test.score(trials[i], trials[i].target);
      expect(scores).toEqual(unseen ? { answered: 1, 'answered unseen': 1 } : { answered: 1 });
    }
    expect(tested({ unseen: [200, 200] }).test.shown).toEqual(['delay 150', 'delay 200, unseen', 'delay 250']);
    expect(tested({ shortest: 200, longest: 200 }).test.shown).toEqual(['delay 200']);
  });

  it('is as strict as it is asked to be, and says so', () => {
    const { test, trials } = tested({ tolerance: 0 });
    expect([0, 1].map((by) => test.score(trials[0], shifted(trials[0], by)))).toEqual([
      { answered: 1 },
      { answered: 0 },
    ]);
    expect(test.scores).toEqual({
      answered: { label: 'Fraction answered within 0 timesteps', better: 'higher' },
    });
  });
});
