import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';

beforeAll(loadKernels);

/** Circuit k on both engines; every second one runs until it has settled. Whether it has learned. */
function run(k: number, algorithm: 'local' | 'bptt' | 'rtrl', schedule: 'trial' | 'online'): boolean {
  const [repeats, all] = [k % 2 === 0 ? ('until' as const) : ('times' as const), algorithm === 'local'];
  const { built, trial } = heartCircuit(k, {
    ...{ repeats, spikes: true, pools: all, shared: all, atOnce: all && repeats === 'times' },
  });
  const pair = new Pair(built, { schedule, feedback: all ? 'random' : 'symmetric' }, algorithm);
  const [first, second] = [pair.watchedTrial(trial), pair.trial(trial)].map(Number);
  return first !== second;
}

describe('where circuits repeat, kernels have every bit of', () => {
  it('the actors', () => {
    let learned = 0;
    for (let k = 1; k <= 30; k++) if (run(k, 'local', k % 4 < 2 ? 'online' : 'trial')) learned++;
    expect(learned).toBeGreaterThan(20);
  });

  it('the plain BPTT and RTRL', () => {
    for (let k = 1; k <= 6; k++) run(k, 'bptt', 'trial');
    for (let k = 7; k <= 12; k++) run(k, 'rtrl', k % 4 < 2 ? 'online' : 'trial');
  });
});
