import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import type { BuiltCircuit, Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { noninterference } from '../../src/locality/index.ts';
import { heartCircuit } from '../support/heart.ts';

const options = { schedule: 'trial', feedback: 'random' } as const;
const ENGINES: Readonly<Record<string, (built: BuiltCircuit) => Engine>> = {
  actors: (built) => new ActorEngine(built, options),
  kernels: (built) => new KernelEngine(built, { algorithm: local(), ...options }),
};

beforeAll(loadKernels);

describe.each(Object.entries(ENGINES))('on %s, synapses that learn at once', (_, open) => {
  it('learn from nothing but what they are entitled to, other messages of their axon among it', () => {
    const moved = new Set<string>();
    for (let k = 1; k <= 40; k++) {
      const { built, trial } = heartCircuit(k, { spikes: true, atOnce: true });
      const { counterexample, entitled } = noninterference(open(built), trial, { updates: 3 });
      expect(counterexample?.message, `circuit ${k}`).toBeUndefined();
      for (const [rule, paths] of Object.entries(entitled)) {
        for (const [path, moves] of Object.entries(paths)) if (moves) moved.add(`${rule} ${path}`);
      }
    }
    expect([...moved]).toEqual(
      expect.arrayContaining([
        'overhearing pre.burst',
        'overhearing pre.out',
        'oja w',
        'oja post.out',
        'habituating m',
      ]),
    );
  });
});
