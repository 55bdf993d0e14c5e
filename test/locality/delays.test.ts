import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, type BuiltCircuit, type Engine, type LearningOptions } from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, neuromorphicCosts, noninterference } from '../../src/locality/index.ts';
import { cook, recipesWithin, withoutTransport } from '../support/random-circuit.ts';
import { anyRules } from '../support/rules.ts';
import { scattered } from '../support/scattered.ts';

beforeAll(loadKernels);

const ENGINES = [
  (circuit: BuiltCircuit, options: LearningOptions): Engine => new ActorEngine(circuit, options),
  (circuit: BuiltCircuit, options: LearningOptions): Engine =>
    new KernelEngine(circuit, { algorithm: local(), ...options }),
];

describe('where synapses have delays of their own', () => {
  it.each([false, true])('no update depends on what arrives at another synapse (dials: %s)', (dialled) => {
    const names = Object.keys(anyRules) as (keyof typeof anyRules)[];
    const moved = new Set<string>();
    let updates = 0;
    fc.assert(
      fc.property(
        recipesWithin({ rules: names.filter((name) => name !== 'transcendental'), dialled }).map(withoutTransport),
        (recipe) => {
          const { circuit, trial } = cook(recipe);
          const built = build(scattered(circuit, recipe.seed), recipe.seed);
          const late = new Set(built.groups.filter(({ longer }) => longer).map(({ rule }) => rule?.name));
          for (const open of ENGINES) {
            try {
              const engine = open(built, { schedule: recipe.seed % 2 === 0 ? 'trial' : 'online', feedback: 'random' });
              const found = noninterference(engine, trial, { seed: recipe.seed, updates: 6 });
              expect(found.counterexample?.message).toBeUndefined();
              updates += found.updates;
              for (const [rule, paths] of Object.entries(found.entitled)) {
                if (late.has(rule)) for (const [path, yes] of Object.entries(paths)) if (yes) moved.add(path);
              }
            } catch (error) {
              // A circuit whose rates run away says nothing; another takes its place.
              if (!(error instanceof RunError)) throw error;
              fc.pre(false);
            }
          }
        },
      ),
      { numRuns: 25, seed: 1 },
    );
    expect(updates).toBeGreaterThan(150);
    expect([...moved]).toEqual(expect.arrayContaining(['pre.rate', 'post.signal', 'w']));
  });

  it('certificates say so, and the longest way is what is kept on its way', () => {
    const recipe = fc.sample(recipesWithin({ rules: ['rflo'] }), { numRuns: 30, seed: 2 }).find((one) => {
      const { circuit } = cook(one);
      return build(scattered(circuit, 1), 1).groups.some(({ longer, rule }) => longer && rule);
    });
    if (!recipe) throw new Error('no circuit has such delays');
    const { circuit, trial } = cook(recipe);
    const late = scattered(circuit, 1);
    const notes = certifyLearner(build(late, 1), { name: 'local', algorithm: 'local', feedback: 'random' });
    const all = notes.synapses.flatMap((synapses) => synapses.notes).join('\n');
    expect(all).toMatch(/each synapse has a delay of its own, \d to \d timesteps, and learns from what arrives by it/);
    const task = { name: 'any', inputs: 1, outputs: 1, settings: {}, trial: () => trial };
    const [before, after] = [circuit, late].map((each) => neuromorphicCosts(each, task).footprint.buffers);
    expect(after).toBeGreaterThan(before);
  });
});
