import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { exp, tanh } from '../../src/local/index.ts';
import { input, leakyTanh, linear, neuronModel } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { randomTrial } from '../support/random-circuit.ts';

beforeAll(loadKernels);

/** Calls of tanh: of what is read, of what is computed, one in another, and beside a function that has no parts. */
const many = neuronModel({
  name: 'many',
  params: {},
  rate: ({ h, u }) => 0.5 * h + tanh(u) - tanh(0.5 * u + h) + tanh(2 * tanh(u - h)) + tanh(exp(-u * u)),
});

function definition(size: number) {
  const weights = normal({ sd: 1 });
  return circuit({
    neurons: { x: input(2), a: many(size), b: leakyTanh(size, { initial: 0.1 }), y: linear(2) },
    synapses: {
      xa: { from: 'x', to: 'a', weights, rule: rflo() },
      ab: { from: 'a', to: 'b', weights, rule: rflo() },
      bb: { from: 'b', to: 'b', weights, rule: rflo() },
      by: { from: 'b', to: 'y', weights, rule: rflo() },
    },
    feedback: { ya: { from: 'y', to: 'a', weights }, yb: { from: 'y', to: 'b', weights } },
  });
}

describe('functions that neurons go through part by part have the bits of the actors:', () => {
  it.each([1, 6, 7, 8, 9, 25])('populations of %i', (size) => {
    const built = build(definition(size), size);
    const pair = new Pair(built, { schedule: 'trial', feedback: 'random' });
    expect(pair.trial(randomTrial(built, 30, 4))).toBeTypeOf('number');
    expect(pair.watchedTrial(randomTrial(built, 5, 2))).toBeTypeOf('number');
  });
});
