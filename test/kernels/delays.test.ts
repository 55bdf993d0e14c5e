import { beforeAll, describe, it } from 'vitest';
import { build, type Schedule } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';
import { scattered } from '../support/scattered.ts';

beforeAll(loadKernels);

/** Circuit k with delays of their own for its synapses on both, two trials. */
function run(k: number, algorithm: 'bptt' | 'rtrl', schedule: Schedule): void {
  const { circuit, trial } = heartCircuit(k, { spikes: true });
  const pair = new Pair(build(scattered(circuit, k), k), { schedule, feedback: 'symmetric' }, algorithm);
  pair.watchedTrial(trial);
  pair.trial(trial);
}

describe('where synapses have delays of their own, kernels have every bit of', () => {
  it('the plain BPTT', () => {
    for (let k = 1; k <= 30; k++) run(k, 'bptt', 'trial');
  });

  it('the plain RTRL, by turns with each schedule', () => {
    for (let k = 1; k <= 30; k++) run(k, 'rtrl', k % 2 === 0 ? 'trial' : 'online');
  });
});
