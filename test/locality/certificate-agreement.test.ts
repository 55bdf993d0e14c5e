import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import type { BuiltCircuit, Engine } from '../../src/circuit/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { Snap } from '../../src/solvers/index.ts';
import { cook, recipesWithin } from '../support/random-circuit.ts';

const how = { schedule: 'trial', feedback: 'random' } as const;

/**
 * Those that hold nothing but what an update can depend on. RTRL also holds influences that are 0 in every run, on neurons that a synapse's
 * own never reaches, and BPTT the whole trial, of which it computes all updates at its end: the dynamic test changes what is held, and
 * finds that; a certificate speaks of what the update of a timestep can depend on.
 */
const learners: Readonly<Record<string, (circuit: BuiltCircuit) => Engine>> = {
  local: (circuit) => new ActorEngine(circuit, how),
  'snap-1': (circuit) => new Snap(circuit, { ...how, n: 1 }),
  'snap-2': (circuit) => new Snap(circuit, { ...how, n: 2 }),
};

it('where a certificate says that nothing crosses the line, the dynamic test finds nothing that does', () => {
  let [local, caught] = [0, 0];
  fc.assert(
    fc.property(
      recipesWithin({
        hidden: fc.constantFrom(1, 2),
        timesteps: fc.constantFrom(2, 3),
        models: ['tanh', 'relu', 'linear', 'gated', 'step', 'reset', 'detachedReset'],
      }),
      fc.constantFrom(...Object.keys(learners)),
      (recipe, algorithm) => {
        const { built, trial } = cook(recipe);
        const { crossing, synapses } = certifyLearner(built, { name: algorithm, algorithm, feedback: 'random' });
        const { counterexample } = noninterference(learners[algorithm](built), trial, { updates: 12 });
        if (counterexample) caught++;
        // Where no credit comes, influences are carried along for nothing.
        const idle = synapses.some(({ notes }) => notes.some((note) => note.includes('no credit')));
        if (crossing.length > 0 || idle) return;
        local++;
        expect(counterexample?.message).toBeUndefined();
      },
    ),
    { numRuns: 80, seed: 4 },
  );
  // Both happen, and often: neither test says the same of everything.
  expect(Math.min(local, caught)).toBeGreaterThan(10);
});
