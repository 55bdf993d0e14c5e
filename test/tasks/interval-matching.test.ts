import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { stream } from '../../src/random/index.ts';
import { intervalMatching } from '../../src/tasks/index.ts';

/** Where a run of 1s begins, for each. */
function beginnings(input: Float64Array): number[] {
  return [...input.keys()].filter((t) => input[t] === 1 && (t === 0 || input[t - 1] === 0));
}

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
    expect(intervalMatching(options).settings).toEqual(options);
  });

  it.each<readonly [object, string]>([
    [{ shortest: 0 }, 'intervalMatching.shortest: 0 is not a whole number of timesteps, 1 or more'],
    [{ longest: 1.5 }, 'intervalMatching.longest: 1.5 is not a whole number'],
    [{ shortest: 20, longest: 10 }, 'intervalMatching.longest: 10 is less than shortest, 20'],
    [{ pulse: 200 }, 'intervalMatching.pulse: 200 timesteps run into the second pulse; give 150 or less'],
    [{ width: 0 }, 'intervalMatching.width: 0 is not a number of timesteps above 0'],
    [{ before: -1 }, 'intervalMatching.before: -1 is not a whole number of timesteps, 0 or more'],
    [{ delay: 3 }, 'intervalMatching.delay: is no field'],
  ])('refuses %j', (options, problem) => {
    expect(() => intervalMatching(options)).toThrow(InputError);
    expect(() => intervalMatching(options)).toThrow(problem);
  });
});
