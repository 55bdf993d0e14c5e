import { beforeAll, describe, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';

beforeAll(loadKernels);

const SCHEDULES = ['trial', 'online'] as const;

/** Circuit k on both, for two trials, after a first in which nothing is learned. */
function run(k: number, algorithm: 'bptt' | 'rtrl', schedule: (typeof SCHEDULES)[number]): void {
  const { built, trial } = heartCircuit(k, { spikes: true });
  const pair = new Pair(built, { schedule, feedback: 'symmetric' }, algorithm);
  pair.watchedTrial(trial, { learn: false });
  pair.trial(trial);
  pair.trial(trial);
}

describe('on circuits over the whole language of neurons and losses, kernels have every bit of', () => {
  it('the plain BPTT', () => {
    for (let k = 1; k <= 50; k++) run(k, 'bptt', 'trial');
  });

  it('the plain RTRL, by turns with each schedule', () => {
    for (let k = 1; k <= 60; k++) run(k, 'rtrl', SCHEDULES[k % 2]);
  });
});
