import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';

beforeAll(loadKernels);

describe('where groups learn at once, kernels have every bit of the actors', () => {
  it('by turns with each schedule', () => {
    const phases = new Set<string>();
    for (let k = 1; k <= 60; k++) {
      const schedule = k % 2 === 0 ? 'trial' : 'online';
      const { built, trial } = heartCircuit(k, { spikes: true, atOnce: true });
      const pair = new Pair(built, { schedule, feedback: 'random' });
      pair.watchedTrial(trial, { learn: false });
      pair.trial(trial);
      pair.watchedTrial(trial, { pace: 0.5 });
      pair.trial(trial, { onPhase: () => undefined });
      for (const { group } of built.acts)
        if (group !== undefined) phases.add(built.groups.find(({ name }) => name === group)?.rule?.name ?? '');
    }
    expect([...phases].sort()).toEqual(['habituating', 'oja', 'overhearing']);
  });
});
