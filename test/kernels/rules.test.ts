import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit, probability, type Circuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import type { PlasticityRule } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { gated, randomTrial } from '../support/random-circuit.ts';
import { customRules } from '../support/rules.ts';

beforeAll(loadKernels);

const SCHEDULES = ['trial', 'online'] as const;

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

describe.each(SCHEDULES)('kernels have every bit of the actors, schedule %s, with the rule', (schedule) => {
  it.each(Object.entries(customRules))('%s', (_, rule) => {
    for (const feedback of ['random', 'symmetric'] as const) {
      const built = build(everywhere(rule({ eta: 0.7 })), 1);
      const pair = new Pair(built, { schedule, feedback });
      expect(pair.trial(randomTrial(built, 40, 1))).toBeTypeOf('number');
      expect(pair.watchedTrial(randomTrial(built, 9, 2))).toBeTypeOf('number');
      expect(pair.trial(randomTrial(built, 9, 3))).toBeTypeOf('number');
    }
  });
});

it('and every one of these rules learns something', () => {
  for (const rule of Object.values(customRules)) {
    const built = build(everywhere(rule({ eta: 0.7 })), 1);
    const { kernels } = new Pair(built, { schedule: 'trial', feedback: 'random' });
    const before = kernels.weights();
    kernels.trial(randomTrial(built, 9, 1));
    const after = kernels.weights();
    for (const name of ['in', 'recurrent', 'sparse', 'out', 'outLate']) expect(after[name]).not.toEqual(before[name]);
  }
});
