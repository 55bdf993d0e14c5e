import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../../src/circuit/index.ts';
import { certifyLearner, neuromorphicCosts } from '../../src/locality/index.ts';
import { cook, recipesWithin } from '../support/random-circuit.ts';
import { scattered } from '../support/scattered.ts';

describe('where synapses have delays of their own', () => {
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
