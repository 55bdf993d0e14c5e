import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';

beforeAll(loadKernels);

/** Circuit k on both engines, for two trials, after a first in which nothing is learned. */
function run(k: number, algorithm: 'local' | 'bptt' | 'rtrl', schedule: 'trial' | 'online'): number {
  const { built, trial } = heartCircuit(k, { spikes: true, pools: algorithm === 'local' });
  const feedback = algorithm === 'local' ? 'random' : 'symmetric';
  const pair = new Pair(built, { schedule, feedback }, algorithm);
  pair.watchedTrial(trial, { learn: false });
  const [first, second] = [pair.trial(trial), pair.trial(trial)].map(Number);
  return Math.abs(first - second);
}

describe('on circuits over the whole language of neurons and losses, kernels have every bit of', () => {
  it.each(['trial', 'online'] as const)('the actors, schedule %s', (schedule) => {
    let learned = 0;
    for (let k = 1; k <= 200; k++) if (run(k, 'local', schedule) > 0) learned++;
    expect(learned).toBeGreaterThan(150);
  });

  it('the plain BPTT', () => {
    for (let k = 1; k <= 60; k++) run(k, 'bptt', 'trial');
  });

  it.each(['trial', 'online'] as const)('the plain RTRL, schedule %s', (schedule) => {
    for (let k = 1; k <= 40; k++) run(k, 'rtrl', schedule);
  });
});
