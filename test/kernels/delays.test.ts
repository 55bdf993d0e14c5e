import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { build, type FeedbackKind, type Schedule } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';
import { cook, randomTrial, recipesWithin } from '../support/random-circuit.ts';
import { anyRules } from '../support/rules.ts';
import { scattered } from '../support/scattered.ts';

beforeAll(loadKernels);

const rules = Object.keys(anyRules) as (keyof typeof anyRules)[];

/** Circuit k with delays of their own for its synapses on both engines, two trials; whether there were such delays. */
function run(k: number, algorithm: 'local' | 'bptt' | 'rtrl', schedule: Schedule): boolean {
  const { circuit, trial } = heartCircuit(k, { spikes: true });
  const built = build(scattered(circuit, k), k);
  const pair = new Pair(built, { schedule, feedback: algorithm === 'local' ? 'random' : 'symmetric' }, algorithm);
  pair.watchedTrial(trial);
  pair.trial(trial);
  return built.groups.some(({ longer }) => longer);
}

describe('where synapses have delays of their own, kernels have every bit of', () => {
  it('the actors, by turns with each schedule', () => {
    let found = 0;
    for (let k = 1; k <= 60; k++) if (run(k, 'local', k % 2 === 0 ? 'trial' : 'online')) found++;
    expect(found).toBeGreaterThan(40);
  });

  it('the actors, where groups learn at once, transmit through their state, and hear other messages', () => {
    let found = 0;
    for (let k = 1; k <= 40; k++) {
      const { circuit, trial } = heartCircuit(k, { spikes: true, atOnce: true });
      const built = build(scattered(circuit, k), k);
      // What a gate does not scale comes by other ways than what it does: that is for actors.
      if (built.groups.some(({ gate, longer, rule }) => gate && longer && rule?.name === 'overhearing')) continue;
      const pair = new Pair(built, { schedule: k % 2 === 0 ? 'trial' : 'online', feedback: 'random' });
      pair.watchedTrial(trial);
      pair.trial(trial);
      found += built.groups.filter(({ longer, also, atOnce }) => longer && (atOnce || also !== undefined)).length;
    }
    expect(found).toBeGreaterThan(12);
  });

  it('the actors, with gates and all dials', () => {
    const recipes = recipesWithin({ dialled: true, rules, hidden: fc.integer({ min: 1, max: 20 }) });
    const options = fc.record({ schedule: fc.constantFrom<Schedule>('trial', 'online'), feedback: fc.constant<FeedbackKind>('random') }); // prettier-ignore
    let gated = 0;
    fc.assert(
      fc.property(recipes, options, (recipe, how) => {
        const built = build(scattered(cook(recipe).circuit, recipe.seed), recipe.seed);
        gated += built.groups.filter(({ gate, longer }) => gate && longer).length;
        const pair = new Pair(built, how);
        for (const seed of [1, 2]) pair.watchedTrial(randomTrial(built, recipe.timesteps, seed));
      }),
      { numRuns: 40, seed: 1 },
    );
    expect(gated).toBeGreaterThan(4);
  });

  it('the plain BPTT', () => {
    for (let k = 1; k <= 30; k++) run(k, 'bptt', 'trial');
  });

  it('the plain RTRL, by turns with each schedule', () => {
    for (let k = 1; k <= 30; k++) run(k, 'rtrl', k % 2 === 0 ? 'trial' : 'online');
  });
});
