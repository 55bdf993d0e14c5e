import { Matrix as Numbers, solve } from 'ml-matrix';
import { beforeAll, describe, expect, it } from 'vitest';
import problem from '../../scenarios/problems/rosenbaum-predictive-coding.ts';
import { codingCircuit, type CodingNetwork } from '../../scenarios/systems/predictive-coding.ts';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { stream } from '../../src/random/index.ts';
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

describe('of predictive coding it is true that', () => {
  const SIZES = [3, 4, 3, 2];
  const L = SIZES.length - 1;
  const draw = stream(5, 'predictive coding');
  const drawn = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * draw() - 1));
  const weights = SIZES.slice(1).map((size, k) => drawn(size, SIZES[k]));
  const [x, target] = [drawn(1, SIZES[0])[0], drawn(1, SIZES[L])[0]];
  const sample = { timesteps: 1, input: Float64Array.from([...x, ...target]), target: Float64Array.from(target) };

  /** What one sample changes, and the errors that it is learned from, layer by layer. */
  function learned(of: Partial<CodingNetwork>, activation: 'tanh' | 'linear' = 'tanh') {
    const layers = weights.map((w, k) => ({
      ...{ weights: w, bias: new Array<number>(SIZES[k + 1]).fill(0) },
      activation: k + 1 === L ? ('linear' as const) : activation,
    }));
    const given = {
      sizes: SIZES,
      layers,
      beta: 10,
      loss: 'half-squared',
      eta: 0.1,
      n: 20,
      rate: 1,
      fixed: true,
    } as const;
    const engine = new ActorEngine(build(codingCircuit({ ...given, ...of }), 1), {
      schedule: 'trial',
      feedback: 'random',
    });
    engine.trial(sample);
    const after = engine.weights();
    const read = (k: number, value: string) => {
      const reader = engine.reader({ neurons: `l${k + 1}`, value });
      const numbers = new Float64Array(reader.length);
      reader.read(numbers, 0);
      return [...numbers];
    };
    const all = weights.map((_, k) => k);
    return {
      changes: all.map((k) => [...after[`w${k + 1}`]].map((w, s) => w - weights[k].flat()[s])),
      eps: all.map((k) => read(k, 'eps')),
    };
  }

  const exact = learned({ n: L, eta: 1 }).changes;

  it('each layer of FixedPred changes as in backprop, times Pr[Binomial(n - 1, eta) >= L - l]', () => {
    for (const [n, eta] of [
      [1, 0.1],
      [4, 0.3],
      [20, 0.1],
    ]) {
      learned({ n, eta }).changes.forEach((change, k) => {
        const none = Array.from({ length: L - 1 - k }, (_, few) => {
          let probability = (1 - eta) ** (n - 1 - few);
          for (let i = 0; i < few; i++) probability *= (eta * (n - 1 - i)) / (i + 1);
          return few > n - 1 ? 0 : probability;
        });
        const factor = 1 - none.reduce((sum, probability) => sum + probability, 0);
        change.forEach((dw, s) => {
          expect(dw).toBeCloseTo(factor * exact[k][s], 13);
        });
      });
    }
  });

  it('the energy of Strict falls in every sweep', () => {
    const energies = [0, 1, 2, 3, 5, 10, 30].map((n) =>
      learned({ fixed: false, n })
        .eps.flat()
        .reduce((sum, eps) => sum + eps * eps, 0),
    );
    energies.slice(1).forEach((energy, k) => {
      expect(energy).toBeLessThan(energies[k]);
    });
  });

  it('where Strict has settled, errors are those of backprop behind a matrix that does not go away', () => {
    const { eps } = learned({ fixed: false, n: 600, eta: 0.2 }, 'linear');
    const w = weights.map((matrix) => new Numbers(matrix));
    // J_{k->L}: the output by the values of layer k.
    const jacobians = w.map((_, k) => w.slice(k + 1).reduce((product, next) => next.mmul(product), Numbers.eye(SIZES[k + 1]))); // prettier-ignore
    const y = w.reduce((rates, matrix) => matrix.mmul(rates), Numbers.columnVector(x));
    const behind = jacobians.slice(0, L - 1).reduce((sum, j) => sum.add(j.mmul(j.transpose())), Numbers.eye(SIZES[L]));
    const settled = solve(behind, Numbers.sub(y, Numbers.columnVector(target)));
    eps.forEach((found, k) => {
      const expected = jacobians[k].transpose().mmul(settled).to1DArray();
      found.forEach((e, i) => {
        expect(e).toBeCloseTo(expected[i], 10);
      });
    });
  });
});
