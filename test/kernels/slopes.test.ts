import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { sqrt } from '../../src/local/index.ts';
import { input, linear, neuronModel } from '../../src/neurons/index.ts';
import { rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

/** The slope of a root is infinite at 0, where the root itself is 0. */
const root = neuronModel({ name: 'root', params: {}, rate: ({ u }) => sqrt(u) });
/** The same of its own last rate. */
const fading = neuronModel({ name: 'fading', params: {}, rate: ({ h, u }) => u + sqrt(h) });

const built = (model: typeof root, initial: number) =>
  build(
    circuit({
      neurons: { x: input(1), h: model(3, { initial }), y: linear(1) },
      synapses: {
        in: { from: 'x', to: 'h', weights: [[1], [2], [1]], rule: rflo() },
        out: { from: 'h', to: 'y', weights: [[0.1, 0.1, 0.1]] },
      },
      feedback: { error: { from: 'y', to: 'h', weights: [[1], [1], [1]] } },
    }),
    1,
  );

describe.each(['local', 'bptt', 'rtrl'] as const)('under %s', (algorithm) => {
  it.each([
    ['a slope', root, 1, [1, 4, 0, 2], 'neuron h 0', 'its slope is Infinity at u = 0', 3],
    ['a retention', fading, 0, [1, 1, 1, 1], 'neuron h 0', 'its retention is Infinity at u = 1', 1],
  ] as const)('%s that is not finite names its neuron and when', (_, model, initial, x, actor, problem, timestep) => {
    const pair = new Pair(built(model, initial), { schedule: 'trial', feedback: 'random' }, algorithm);
    const trial = { timesteps: x.length, input: Float64Array.from(x), target: new Float64Array(x.length) };
    for (const outcome of [pair.trial(trial), pair.watchedTrial(trial)]) {
      if (!(outcome instanceof RunError)) throw new Error('nothing failed');
      expect(outcome).toMatchObject({ actor, timestep, kind: 'failed' });
      expect(outcome.problem).toContain(problem);
    }
  });
});
