import { beforeAll, describe, expect, it } from 'vitest';
import problem from '../../scenarios/problems/rosenbaum-predictive-coding.ts';
import { codingCircuit, type CodingNetwork } from '../../scenarios/systems/predictive-coding.ts';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { deviations, solved, vectorsOf } from '../support/problems.ts';

beforeAll(loadKernels);

describe('predictive coding meets', () => {
  it.each(vectorsOf('rosenbaum', 'pc-'))('%s, on both engines with the same bits', async (_, vector) => {
    const [actors, kernels] = [await solved(problem, vector, 'actors'), await solved(problem, vector, 'kernels')];
    expect(deviations(actors, vector.expected, vector.tolerance)).toEqual([]);
    expect(kernels).toEqual(actors);
  });
});

const network = {
  sizes: [2, 2, 2, 1],
  layers: [
    {
      weights: [
        [0.5, -0.3],
        [0.2, 0.7],
      ],
      bias: [0.1, -0.2],
      activation: 'tanh',
    },
    {
      weights: [
        [-0.4, 0.6],
        [0.8, 0.1],
      ],
      bias: [0, 0.3],
      activation: 'softplus',
    },
    { weights: [[0.3, -0.5]], bias: [0.2], activation: 'linear' },
  ],
  ...{ beta: 4, loss: 'half-squared', eta: 0.2, n: 4, rate: 0.1, fixed: false },
} satisfies CodingNetwork;

describe('a network of predictive coding', () => {
  const built = build(codingCircuit(network), 1);
  const OPTIONS = { schedule: 'trial', feedback: 'random' } as const;

  it('is local: two factors, and a scalar that opens learning', () => {
    const { class: found } = certifyLearner(built, { name: 'coding', algorithm: 'local', feedback: 'random' });
    expect(found).toBe('three-factor, global scalar');
  });

  it.each([
    ['actors', () => new ActorEngine(built, OPTIONS)],
    ['kernels', () => new KernelEngine(built, { ...OPTIONS, algorithm: local() })],
  ] as const)('learns from nothing but what its synapses are entitled to, on %s', (_, open) => {
    const trial = { timesteps: 1, input: new Float64Array(3).fill(0.4), target: new Float64Array(1) };
    const { counterexample, entitled } = noninterference(open(), trial, { updates: 30 });
    expect(counterexample?.message).toBeUndefined();
    expect(entitled['predictive-coding']).toMatchObject({ 'pre.out': true, 'post.credit': true });
  });
});
