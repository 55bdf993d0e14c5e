import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';

beforeAll(loadKernels);

const SCHEDULES = ['trial', 'online'] as const;

/** Circuit k on both engines, for two trials, after a first in which nothing is learned; by turns with `trial` and `online`. */
function run(k: number, algorithm: 'local' | 'bptt' | 'rtrl', schedule = SCHEDULES[k % 2]): number {
  const everything = algorithm === 'local' && { pools: true, shared: true, atOnce: true };
  const { built, trial } = heartCircuit(k, { spikes: true, ...everything });
  const feedback = algorithm === 'local' ? 'random' : 'symmetric';
  const pair = new Pair(built, { schedule, feedback }, algorithm);
  pair.watchedTrial(trial, { learn: false });
  const [first, second] = [pair.trial(trial), pair.trial(trial)].map(Number);
  return Math.abs(first - second);
}

describe('on circuits over the whole language of neurons and losses, kernels have every bit of', () => {
  it('the actors', () => {
    let learned = 0;
    for (let k = 1; k <= 400; k++) if (run(k, 'local') > 0) learned++;
    expect(learned).toBeGreaterThan(300);
  });

  it('the plain BPTT', () => {
    for (let k = 1; k <= 50; k++) run(k, 'bptt', 'trial');
  });

  it('the plain RTRL', () => {
    for (let k = 1; k <= 60; k++) run(k, 'rtrl');
  });
});
