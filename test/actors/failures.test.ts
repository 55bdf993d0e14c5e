import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { input, linear, neuronModel } from '../../src/neurons/index.ts';
import { delta, plasticityRule, type PlasticityRule } from '../../src/rules/index.ts';
import { refusal } from '../refusal.ts';
import { failure } from '../support/failure.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';
import { bytes } from '../support/weights.ts';

const options = { schedule: 'trial', feedback: 'random' } as const;

/** Two inputs to two linear outputs, and a trial in which input 1 counts the timesteps. */
function engineOf(rule: PlasticityRule, y = linear(2)): ActorEngine {
  const weights = [
    [1, 1],
    [1, 1],
  ];
  const synapses = { in: { from: 'x', to: 'y', weights, rule } } as const;
  return new ActorEngine(build(circuit({ neurons: { x: input(2), y }, synapses }), 1), options);
}
const counting = {
  timesteps: 4,
  input: Float64Array.of(0, 1, 0, 2, 0, 3, 0, 4),
  target: new Float64Array(8),
};

describe("what a user's function throws", () => {
  const mishap = new Error('I cannot count to three');
  const unlessThree = (value: number): number => {
    if (value === 3) throw mishap;
    return value;
  };

  it.each([
    ['change', plasticityRule({ name: 'timid', params: {}, change: ({ pre }) => unlessThree(pre.rate), opaque: true })],
    [
      'trace',
      plasticityRule({
        name: 'timid',
        params: {},
        state: { p: 0 },
        trace: ({ pre }) => ({ p: unlessThree(pre.rate) }),
        change: ({ p }) => p,
        opaque: true,
      }),
    ],
  ])("in a rule's %s reaches the caller at once, with synapse and timestep", (_, rule) => {
    const error = failure(() => engineOf(rule()).trial(counting));
    expect([error.actor, error.timestep, error.cause]).toEqual(['synapse in 0 <- 1', 3, mishap]);
    expect(error.message).toBe('synapse in 0 <- 1 (timestep 3): I cannot count to three');
  });

  it('in a neuron model reaches the caller at once, with neuron and timestep', () => {
    const timid = neuronModel({
      name: 'timid',
      params: {},
      rate: ({ u }) => unlessThree(u),
      opaque: true,
      slope: () => 1,
      retention: () => 0,
    });
    const error = failure(() => engineOf(delta(), timid(2)).trial(counting));
    expect([error.actor, error.timestep, error.cause]).toEqual(['neuron y 0', 3, mishap]);
  });
});

describe('a value that is no longer finite', () => {
  it('is named as the summed input of its neuron', () => {
    const engine = engineOf(delta());
    engine.setWeights({ in: Float64Array.of(1, 1, 1, 1e308) });
    const trial = { ...counting, input: Float64Array.of(0, 0, 0, 10, 0, 0, 0, 0) };
    const error = failure(() => engine.trial(trial));
    expect(error.message).toBe('neuron y 1 (timestep 2): its summed input became Infinity');
  });

  it('is named as the rate of its neuron', () => {
    const root = neuronModel({
      name: 'root',
      params: {},
      rate: ({ u }) => (u === 2 ? NaN : u),
      slope: () => 1,
      retention: () => 0,
    });
    const error = failure(() => engineOf(delta(), root(2)).trial(counting));
    expect(error.message).toBe('neuron y 0 (timestep 2): its rate became NaN');
  });

  it('is named as the weight of its synapse', () => {
    const nonsense = plasticityRule({
      name: 'nonsense',
      params: {},
      change: ({ pre }) => (pre.rate === 4 ? Infinity : 0),
    });
    const error = failure(() => engineOf(nonsense()).trial(counting));
    expect(error.message).toBe('synapse in 0 <- 1 (timestep 4): its weight became Infinity');
  });

  it('is named as the error, when its square is too large for a number', () => {
    const trial = { ...counting, target: counting.target.with(2, 1e200) };
    const error = failure(() => engineOf(delta()).trial(trial));
    expect(error.message).toBe('error unit (timestep 2): the squared error became Infinity');
  });
});

describe('after a failure', () => {
  it('the next trial is as if the failed one had not been', () => {
    const [failed, fresh] = [1, 2].map(() => new ActorEngine(build(threeMatrices(), 1), options));
    const broken = noiseTrial(6, 2);
    failure(() => failed.trial({ ...broken, target: broken.target.with(9, 1e200) }));
    expect(failed.trial(noiseTrial(6, 1))).toBe(fresh.trial(noiseTrial(6, 1)));
    expect(bytes(failed.weights())).toBe(bytes(fresh.weights()));
  });
});

describe('a trial that does not fit', () => {
  it('is refused with the channels there are', () => {
    const engine = engineOf(delta());
    expect(refusal(() => engine.trial({ ...counting, input: new Float64Array(4) }))).toContain(
      'task.input: has 1 channel; the circuit has 2: x (2)',
    );
    expect(refusal(() => engine.trial({ ...counting, target: new Float64Array(12) }))).toContain(
      'task.target: has 3 channels; the circuit has 2: y (2)',
    );
  });
});

it('symmetric feedback needs a readout to transpose', () => {
  const definition = circuit({
    neurons: { x: input(1), a: linear(1), b: linear(1), y: linear(1) },
    synapses: {
      xa: { from: 'x', to: 'a', weights: [[1]] },
      ab: { from: 'a', to: 'b', weights: [[1]] },
      by: { from: 'b', to: 'y', weights: [[1]] },
    },
    feedback: { toA: { from: 'y', to: 'a', weights: [[1]] } },
  });
  expect(refusal(() => new ActorEngine(build(definition, 1), { ...options, feedback: 'symmetric' }))).toBe(
    "feedback.toA: symmetric feedback transposes the weights from 'a' to 'y', but the circuit has none; use random feedback",
  );
});
