import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { stream } from '../../src/random/index.ts';
import { actionSequence, type Trial } from '../../src/tasks/index.ts';

const small = { actions: 4, duration: 50, preparation: 10 };

/** Timesteps, from 0, at which an action's cue is on. */
function cueOf({ input, timesteps }: Trial, action: number): number[] {
  const actions = input.length / timesteps;
  return Array.from({ length: timesteps }, (_, t) => t).filter((t) => input[t * actions + action] === 1);
}

/** The target while the action at this place of the order runs. */
function targetAt({ target }: Trial, place: number): readonly number[] {
  return [...target.subarray(place * small.duration * 2, (place + 1) * small.duration * 2)];
}

describe('action sequence', () => {
  it('has actions that begin and end at the origin, differ, and have the same power', () => {
    const trial = actionSequence(small).trial(1, stream(1));
    expect([trial.timesteps, trial.input.length, trial.target.length]).toEqual([200, 800, 400]);
    for (const place of [0, 1, 2, 3]) {
      const target = targetAt(trial, place);
      expect(target.slice(0, 2 * small.preparation)).toEqual(new Array(20).fill(0));
      expect(Math.hypot(...target.slice(-2))).toBeLessThan(1e-12);
      expect(target.reduce((sum, value) => sum + value * value, 0) / small.duration).toBeCloseTo(0.5, 12);
      expect(targetAt(trial, (place + 1) % 4)).not.toEqual(target);
    }
  });

  it('is the sum of sines that it says', () => {
    const [x, y] = [0, 1].map((d) =>
      targetAt(actionSequence({ ...small, modes: 1 }).trial(1, stream(1)), 0).filter((_, at) => at % 2 === d),
    );
    for (let t = 10; t < 49; t++) {
      const sine = Math.sin((Math.PI * (t + 1 - 10)) / 40);
      expect(x[t] / x[29]).toBeCloseTo(sine, 12);
      expect(y[t] / y[29]).toBeCloseTo(sine, 12);
    }
  });

  it('cues every action as it is to begin, for as long as it prepares, or only the first', () => {
    const [all, first] = (['all', 'first'] as const).map((cued) =>
      actionSequence({ ...small, cued }).trial(1, stream(1)),
    );
    const span = (from: number) => Array.from({ length: 10 }, (_, t) => from + t);
    expect([0, 1, 2, 3].map((action) => cueOf(all, action))).toEqual([0, 50, 100, 150].map(span));
    expect([0, 1, 2, 3].map((action) => cueOf(first, action))).toEqual([span(0), [], [], []]);
    expect(first.target).toEqual(all.target);
  });

  it('orders the trials of practice anew, cue and target together, and the others never', () => {
    const task = actionSequence({ ...small, practice: 20 });
    const after = task.trial(21, stream(1, 'task', 21));
    expect(after).toEqual(actionSequence(small).trial(1, stream(1)));
    const orders = new Set<string>();
    for (let index = 1; index <= 20; index++) {
      const trial = task.trial(index, stream(1, 'task', index));
      const order = [0, 1, 2, 3].map((action) => cueOf(trial, action)[0] / small.duration);
      orders.add(order.join());
      order.forEach((place, action) => {
        expect(targetAt(trial, place)).toEqual(targetAt(after, action));
      });
    }
    expect(orders.size).toBeGreaterThan(10);
    // The last trial of practice is one, too: of 20 seeds nearly all draw another order than the sequence's.
    const last = Array.from({ length: 20 }, (_, seed) => cueOf(task.trial(20, stream(seed, 'task', 20)), 0)[0]);
    expect(new Set(last).size).toBe(4);
  });

  it('is tested in order from its first cue, and scores each action by its power', () => {
    const { test } = actionSequence({ ...small, practice: 5 });
    const trial = test?.trial(1, stream(7, 'test', 1));
    expect(trial).toEqual(actionSequence({ ...small, cued: 'first' }).trial(1, stream(1)));
    if (!test || !trial) throw new Error('there is no test');
    expect(test.score(trial, trial.target)).toEqual({ error: 0, 'largest error': 0 });
    expect(test.score(trial, new Float64Array(400))).toEqual({ error: 1, 'largest error': 1 });
    const third = trial.target.map((value, at) => (at >= 200 && at < 300 ? 1.5 * value : value));
    expect(test.score(trial, third)).toEqual({
      error: expect.closeTo(1 / 16, 12) as number,
      'largest error': expect.closeTo(1 / 4, 12) as number,
    });
  });

  it('has other actions for another seed of theirs, whatever the seed of the run', () => {
    const shapes = (seed: number) => actionSequence({ ...small, shapes: seed }).trial(1, stream(9)).target;
    expect(shapes(1)).toEqual(actionSequence(small).trial(1, stream(2)).target);
    expect(shapes(2)).not.toEqual(shapes(1));
  });

  it.each<readonly [object, string]>([
    [{ actions: 0 }, 'actionSequence.actions: 0 is not a whole number, 1 or more'],
    [{ duration: 1.5 }, 'actionSequence.duration: 1.5 is not a whole number, 2 or more'],
    [{ shapes: -1 }, 'actionSequence.shapes: -1 is not a whole number, 0 or more'],
    [
      { preparation: 199 },
      'actionSequence.preparation: 199 of 200 timesteps leave too few to move in; give 198 or less',
    ],
    [{ cued: 'none' }, "actionSequence.cued: expected 'all' or 'first', got 'none'"],
    [{ cues: 'all' }, 'actionSequence.cues: unknown field'],
  ])('refuses %j', (options, problem) => {
    expect(() => actionSequence(options)).toThrow(InputError);
    expect(() => actionSequence(options)).toThrow(problem);
  });
});
