import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { exp, max, pow, sqrt } from '../../src/local/index.ts';
import { input, linear, neuronModel } from '../../src/neurons/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { INPUTS, UNITS, type Model } from '../support/models.ts';

beforeAll(loadKernels);

describe('kernels have every bit of the actors, with', () => {
  it.each(Object.entries<Model>(UNITS))('%s', (_, { model, params, units }) => {
    const inputs = INPUTS.filter((u) => Number.isFinite(model.rate({ ...params, h: 0, u })));
    const built = build(
      circuit({
        neurons: { x: input(1), h: units(inputs.length), y: linear(1) },
        synapses: {
          in: { from: 'x', to: 'h', weights: inputs.map((u) => [u]) },
          out: { from: 'h', to: 'y', weights: [inputs.map(() => 0)] },
        },
      }),
      1,
    );
    const pair = new Pair(built, { schedule: 'trial', feedback: 'random' });
    const trial = { timesteps: 1, input: Float64Array.of(1), target: Float64Array.of(0) };
    expect(pair.trial(trial)).toBe(0);
  });
});

const sigmoid = neuronModel({
  name: 'steep-sigmoid',
  params: { tau: 10, k: 25 },
  rate: ({ h, u, tau, k }) => h + (1 / (1 + exp(-k * u)) - h) / tau,
});
const root = neuronModel({
  name: 'leaky-root',
  params: { tau: 5 },
  rate: ({ h, u, tau }) => h + (sqrt(max(u, 0)) - h) / tau,
});
const power = neuronModel({
  name: 'leaky-power',
  params: { tau: 5, n: 0.5 },
  rate: ({ h, u, tau, n }) => h + (pow(max(u, 0), n) - h) / tau,
});

/** By NumPy (RFLO) and autograd (the references): losses of three trials, and for RFLO the afferent weights after them. */
const SIGMOID = {
  input: [0, -40, 0.05, 1, -0.1],
  rflo: [0.11859272647117991, 0.11791399770758848, 0.11724044640718936],
  afferent: [1.0011835365517094, 0.4990303935629106],
  exact: [0.11859272647117991, 0.11791449518722105, 0.11724143741167163],
};
const ROOT = {
  input: [0.4, -0.3, 0.9, -1, 0.2],
  rflo: [0.1100388516093557, 0.1086595228363165, 0.10730158760249031],
  afferent: [1.0135109214656444, 0.4807252172685695],
  exact: [0.1100388516093557, 0.1087676928343321, 0.10751316998259164],
};

describe('learning is as NumPy and autograd have it, on every engine, with', () => {
  it.each([
    ['a steep sigmoid', sigmoid(2), SIGMOID],
    ['a rectified root', root(2), ROOT],
    ['a rectified power', power(2), ROOT],
  ])('%s', (_, h, { input: x, rflo: byRflo, afferent, exact }) => {
    const built = build(
      circuit({
        neurons: { x: input(1), h, y: linear(1) },
        synapses: {
          afferent: { from: 'x', to: 'h', weights: [[1], [0.5]], rule: rflo({ eta: 0.1 }) },
          readout: { from: 'h', to: 'y', weights: [[0.3, -0.2]], rule: delta({ eta: 0.1 }) },
        },
        feedback: { error: { from: 'y', to: 'h', weights: [[1], [-1]] } },
      }),
      1,
    );
    const trial = { timesteps: 5, input: Float64Array.from(x), target: new Float64Array(5).fill(0.5) };
    for (const [algorithm, losses] of [
      ['local', byRflo],
      ['bptt', exact],
      ['rtrl', exact],
    ] as const) {
      const feedback = algorithm === 'local' ? 'random' : 'symmetric';
      const pair = new Pair(built, { schedule: 'trial', feedback }, algorithm);
      for (const loss of losses) expectNear(pair.trial(trial), loss);
      const weights = pair.kernels.weights()['afferent'];
      if (algorithm === 'local')
        afferent.forEach((w, k) => {
          expectNear(weights[k], w);
        });
    }
  });
});

function expectNear(got: unknown, right: number): void {
  expect(got).toBeTypeOf('number');
  expect(Math.abs(Number(got) - right)).toBeLessThan(1e-12);
}
