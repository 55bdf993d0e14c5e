import { expect, it } from 'vitest';
import { mimicry, trialOfTask } from '../../src/tasks/index.ts';

const small = { channels: 2, units: 5, samples: 6 };

it('goes on from trial to trial as one stream, in whatever order trials are asked for', () => {
  const pieces = (task: ReturnType<typeof mimicry>, order: readonly number[]) =>
    new Map(order.map((n) => [n, trialOfTask(task, n, 3)]));
  const inOrder = pieces(mimicry(small), [1, 2, 3, 4]);
  const otherwise = pieces(mimicry(small), [4, 2, 2, 1, 3]);
  for (const [n, trial] of inOrder) expect(otherwise.get(n)).toEqual(trial);
  const task = mimicry(small);
  trialOfTask(task, 3, 8);
  // Another seed's stream does not get into it.
  expect(trialOfTask(task, 4, 3)).toEqual(inOrder.get(4));
  expect(inOrder.get(2)?.target).not.toEqual(inOrder.get(1)?.target);
});

it('asks for what depends on earlier bits as well, on those alone, and on which network it is', () => {
  const target = (options: Parameters<typeof mimicry>[0]) =>
    trialOfTask(mimicry({ ...small, ...options }), 1, 3).target;
  const own = target({});
  expect(own).toEqual(target({}));
  expect(own).not.toEqual(target({ seed: 2 }));
  // With gain 0 it remembers nothing: the same bits, the same target.
  const { input, target: memoryless } = trialOfTask(mimicry({ ...small, gain: 0, samples: 60 }), 1, 3);
  const answers = new Map<string, string>();
  for (let t = 0; t < 60; t++) {
    const [bits, answer] = [input, memoryless].map((all) => all.subarray(2 * t, 2 * t + 2).join());
    expect(answers.get(bits) ?? answer).toBe(answer);
    answers.set(bits, answer);
  }
  expect(answers.size).toBe(4);
});

it('holds each bit for so many timesteps', () => {
  const { timesteps, input } = trialOfTask(mimicry({ ...small, hold: 2, tau: 2 }), 1, 3);
  expect(timesteps).toBe(12);
  for (let t = 0; t < 12; t += 2)
    expect(input.subarray(2 * t, 2 * t + 2)).toEqual(input.subarray(2 * t + 2, 2 * t + 4));
});

it('refuses what is out of range', () => {
  expect(() => mimicry({ tau: 0 })).toThrow('mimicry.tau: 0 is not a number from 1');
});
