import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit, probability, type Circuit, type LearningOptions } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import type { PlasticityRule } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { gated, randomTrial } from '../support/random-circuit.ts';
import { customRules } from '../support/rules.ts';

beforeAll(loadKernels);

const HOW: readonly LearningOptions[] = [
  { schedule: 'trial', feedback: 'symmetric' },
  { schedule: 'online', feedback: 'random' },
];

/** One rule in dense and sparse groups, with and without delay, onto neurons with and without a learning signal, from inputs too. */
function everywhere(rule: PlasticityRule): Circuit {
  const weights = normal({ sd: 0.3 });
  return circuit({
    neurons: {
      x: input(5),
      a: leakyTanh(13, { tau: 3, initial: 0.2 }),
      deaf: gated(3, { initial: -0.3 }),
      y: linear(3, { initial: 0.5 }),
    },
    synapses: {
      in: { from: 'x', to: 'a', weights, delay: 2, rule },
      recurrent: { from: 'a', to: 'a', weights, rule },
      sparse: { from: 'a', to: 'a', weights, delay: 3, connect: probability(0.3), rule },
      side: { from: 'a', to: 'deaf', weights, rule },
      back: { from: 'deaf', to: 'a', weights, delay: 1, connect: probability(0.5), rule },
      out: { from: 'a', to: 'y', weights, rule },
      outLate: { from: 'x', to: 'y', weights, delay: 1, connect: probability(0.5), rule },
    },
    feedback: { error: { from: 'y', to: 'a', weights: normal({ sd: 1 }) } },
  });
}

describe('kernels have every bit of the actors with the rule', () => {
  it.each(Object.entries(customRules))('%s, which learns something', (_, rule) => {
    for (const how of HOW) {
      const built = build(everywhere(rule({ eta: 0.7 })), 1);
      const pair = new Pair(built, how);
      expect(pair.trial(randomTrial(built, 40, 1))).toBeTypeOf('number');
      expect(pair.watchedTrial(randomTrial(built, 9, 2))).toBeTypeOf('number');
      expect(pair.trial(randomTrial(built, 9, 3))).toBeTypeOf('number');
      const after = pair.kernels.weights();
      for (const { name, weights } of built.groups) {
        if (['in', 'recurrent', 'sparse', 'out', 'outLate'].includes(name)) expect(after[name]).not.toEqual(weights);
      }
    }
  });
});
