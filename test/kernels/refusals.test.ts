import { beforeAll, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear, neuron, neuronModel, type Population } from '../../src/neurons/index.ts';
import { delta, plasticityRule, type PlasticityRule } from '../../src/rules/index.ts';
import { bptt } from '../../src/solvers/index.ts';
import { refusal } from '../refusal.ts';
import { threeMatrices } from '../support/networks.ts';

beforeAll(loadKernels);

const options = { algorithm: local(), schedule: 'trial', feedback: 'random' } as const;

const open = (h: Population, rule: PlasticityRule) =>
  build(
    circuit({
      neurons: { x: input(1), h, y: linear(1) },
      synapses: {
        in: { from: 'x', to: 'h', weights: [[1]], rule },
        out: { from: 'h', to: 'y', weights: [[1]], rule: delta() },
      },
    }),
    1,
  );

it('an opaque rule is refused, with its group and the mend', () => {
  const shady = plasticityRule({ name: 'shady', params: {}, change: ({ pre }) => pre.rate, opaque: true });
  const built = open(leakyTanh(1), shady());
  expect(refusal(() => new KernelEngine(built, options))).toBe(
    "synapses.in.rule: rule 'shady' is opaque, so there is nothing to compile: " +
      "write it in the local language, without opaque, or run it with engine 'actors'",
  );
  expect(new ActorEngine(built, options)).toBeDefined();
});

it('an opaque neuron model is refused, with its population and the mend', () => {
  const shady = neuronModel({
    name: 'shady',
    params: {},
    rate: ({ u }) => u,
    slope: () => 1,
    retention: () => 0,
    opaque: true,
  });
  const built = open(shady(1), delta());
  expect(refusal(() => new KernelEngine(built, options))).toBe(
    "neurons.h: neuron model 'shady' is opaque, so there is nothing to compile: " +
      "write it in the local language, without opaque, or run it with engine 'actors'",
  );
});

it('a rule that reads past the gate of its axon, by ways of the synapses’ own, is refused: actors run it', () => {
  const two = neuron({
    name: 'two',
    ports: { u: 'v' },
    state: { v: 0 },
    step: ({ u }) => ({ v: u }),
    sends: ({ v }) => ({ out: v, second: 2 * v }),
  });
  const past = plasticityRule({
    name: 'past',
    params: {},
    sees: { pre: ['second'] },
    change: ({ pre }) => pre.second,
  });
  const gated = (delay: number | number[][], gate: boolean) =>
    build(
      circuit<string, string, string>({
        neurons: { x: input(1), h: two(1), y: linear(2) },
        synapses: {
          in: { from: 'x', to: 'h', weights: [[1]] },
          out: { from: 'h', to: 'y', weights: [[1], [1]], delay, rule: past(), ...(gate && { gate: { from: 'x' } }) },
        },
      }),
      1,
    );
  const late = gated([[0], [1]], true);
  expect(refusal(() => new KernelEngine(late, options))).toMatch(/^synapses\.out\.rule: reads pre\.second/);
  for (const built of [gated([[0], [1]], false), gated(1, true)]) new KernelEngine(built, options);
  const engine = new ActorEngine(late, options);
  engine.trial({ timesteps: 2, input: Float64Array.of(3, 5), target: new Float64Array(4) });
  // 1 + (2 3 + 2 5) / 2 where nothing is late, 1 + 2 3 / 2 where it comes a timestep later.
  expect([...engine.weights()['out']]).toEqual([9, 4]);
});

it('symmetric feedback without a readout to transpose is refused as the actors refuse it', () => {
  const definition = circuit({
    neurons: { x: input(1), a: linear(1), b: linear(1), y: linear(1) },
    synapses: {
      xa: { from: 'x', to: 'a', weights: [[1]] },
      ab: { from: 'a', to: 'b', weights: [[1]] },
      by: { from: 'b', to: 'y', weights: [[1]] },
    },
    feedback: { toA: { from: 'y', to: 'a', weights: [[1]] } },
  });
  const built = build(definition, 1);
  const how = { ...options, feedback: 'symmetric' } as const;
  expect(refusal(() => new KernelEngine(built, how))).toBe(refusal(() => new ActorEngine(built, how)));
});

it('a trial that would need more memory than there can be is refused', () => {
  const engine = new KernelEngine(build(threeMatrices(), 1), { ...options, algorithm: bptt() });
  // BPTT keeps every timestep, and each takes much more than the input and the target of it.
  const timesteps = 2 ** 22;
  const long = { timesteps, input: new Float64Array(2 * timesteps), target: new Float64Array(2 * timesteps) };
  expect(refusal(() => engine.trial(long))).toMatch(
    /^engine: the kernels would need \d\.\d GiB, but can have at most 2; /,
  );
});
