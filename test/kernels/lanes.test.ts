import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit, probability, type BuiltCircuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { exp, log } from '../../src/local/index.ts';
import { input, leakyTanh, linear, neuronModel } from '../../src/neurons/index.ts';
import { normal, uniform } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { randomTrial } from '../support/random-circuit.ts';

beforeAll(loadKernels);

const SCHEDULES = ['trial', 'online'] as const;

function expectAgreement(built: BuiltCircuit, schedule: 'trial' | 'online', feedback: 'random' | 'symmetric'): void {
  const pair = new Pair(built, { schedule, feedback });
  // Seeds whose targets have no sample missing: a rule here divides by the learning signal, which is 0 then.
  expect(pair.trial(randomTrial(built, 40, 4))).toBeTypeOf('number');
  expect(pair.watchedTrial(randomTrial(built, 5, 2))).toBeTypeOf('number');
}

describe.each(SCHEDULES)('lanes that hold no neuron and no synapse tell nothing, schedule %s:', (schedule) => {
  /** Where nothing comes in, as in a lane without a neuron, its rate is no number. */
  const direction = neuronModel({
    name: 'direction',
    params: {},
    rate: ({ h, u }) => (u + 0.1 * h) / (u * u + h * h),
    slope: ({ u, h }) => 1 / (u * u + h * h) - (2 * u * (u + 0.1 * h)) / (u * u + h * h) / (u * u + h * h),
  });
  /** The same, with an infinite rate. */
  const reciprocal = neuronModel({
    name: 'reciprocal',
    params: {},
    rate: ({ u }) => 1 / (1 + u * u) - 0.01 * log(u * u),
  });
  /** Where there is no synapse, the weight is 0, and so are state and rates around it. */
  const inverse = plasticityRule({
    name: 'inverse',
    params: { eta: 0.01 },
    state: { p: 0 },
    trace: ({ p, w, post }) => ({ p: 0.5 * p + 1 / w / post.rate }),
    change: ({ p, w, post, eta }) => (eta * p) / (1 + p * p) - eta * exp(-w * w) + (0.001 * eta) / post.signal / w,
  });

  it.each([1, 2, 3, 5, 7, 8, 9, 15, 17])('populations of %i', (size) => {
    const weights = uniform(0.5, 1);
    const definition = circuit({
      neurons: {
        x: input(3),
        a: direction(size, { initial: 0.5 }),
        b: reciprocal(size, { initial: 0.5 }),
        y: linear(3),
      },
      synapses: {
        xa: { from: 'x', to: 'a', weights, rule: inverse() },
        ab: { from: 'a', to: 'b', weights, rule: inverse() },
        late: { from: 'a', to: 'b', weights, delay: 2, connect: probability(0.4), rule: inverse() },
        bb: { from: 'b', to: 'b', weights, connect: probability(0.4), rule: inverse() },
        by: { from: 'b', to: 'y', weights, rule: inverse() },
        sparse: { from: 'b', to: 'y', weights, connect: probability(0.5), rule: inverse() },
      },
      feedback: { ya: { from: 'y', to: 'a', weights }, yb: { from: 'y', to: 'b', weights } },
    });
    expectAgreement(build(definition, size), schedule, 'random');
  });
});

describe.each(SCHEDULES)('what depends on how things lie in memory, schedule %s:', (schedule) => {
  it('what all synapses of a presynaptic neuron share, late', () => {
    const late = plasticityRule({
      name: 'late',
      params: { eta: 0.5 },
      state: { p: 0.1, q: 0.2 },
      trace: ({ p, q, pre, post }) => ({
        p: 0.5 * p + exp(-pre.rate * pre.rate) * post.slope,
        q: (pre.rate > 0 ? exp(-pre.rate * pre.rate) : 2 * pre.rate) - (post.slope + post.retention) * q,
      }),
      change: ({ p, q, pre, post, eta }) => eta * (post.signal * post.rate * p - 0.1 * q * (1 - pre.rate)),
    });
    const weights = normal({ sd: 0.3 });
    const definition = circuit({
      neurons: { x: input(5), h: leakyTanh(9, { tau: 2, initial: 0.3 }), y: linear(3, { initial: -0.2 }) },
      synapses: {
        ...Object.fromEntries(
          [0, 1, 2, 31, 32, 33, 40].map((delay) => [`x${delay}`, { from: 'x', to: 'h', weights, delay, rule: late() }]),
        ),
        ...Object.fromEntries(
          [1, 2, 7].map((delay) => [`h${delay}`, { from: 'h', to: 'h', weights, delay, rule: late() }]),
        ),
        hy: { from: 'h', to: 'y', weights, rule: late() },
        yy: { from: 'y', to: 'y', weights, delay: 3, rule: late() },
      },
      feedback: { error: { from: 'y', to: 'h', weights } },
    });
    const built = build(definition, 1);
    const pair = new Pair(built, { schedule, feedback: 'random' });
    for (const timesteps of [100, 3, 41]) expect(pair.trial(randomTrial(built, timesteps, 1))).toBeTypeOf('number');
    expect(pair.watchedTrial(randomTrial(built, 90, 2))).toBeTypeOf('number');
  });

  it('readers of what is the same for all neurons, and rules that read it', () => {
    const constants = plasticityRule({
      name: 'constants',
      params: { eta: 0.5 },
      state: { p: 0 },
      trace: ({ p, pre, post }) => ({ p: post.retention * p + post.slope * pre.rate }),
      change: ({ p, post, eta }) => (post.slope > 0.5 ? eta * post.signal : post.retention) * p,
    });
    const weights = normal({ sd: 0.3 });
    const definition = circuit({
      neurons: { x: input(3), l: linear(5), h: leakyTanh(3, { tau: 1 }), y: linear(3) },
      synapses: {
        xl: { from: 'x', to: 'l', weights, rule: constants() },
        lh: { from: 'l', to: 'h', weights, rule: constants() },
        ly: { from: 'l', to: 'y', weights, rule: constants() },
        hy: { from: 'h', to: 'y', weights, rule: constants() },
      },
      feedback: { error: { from: 'y', to: 'l', weights } },
    });
    expectAgreement(build(definition, 1), schedule, 'symmetric');
  });

  it('symmetric feedback, several readouts of one population, some sparse or late, to several that hear it', () => {
    const weights = normal({ sd: 0.3 });
    const rule = delta({ eta: 0.5 });
    const definition = circuit({
      neurons: { x: input(2), g: leakyTanh(3), h: leakyTanh(7), z: linear(3), y: linear(5) },
      synapses: {
        xg: { from: 'x', to: 'g', weights, rule: rflo({ eta: 0.5 }) },
        gh: { from: 'g', to: 'h', weights, rule: rflo({ eta: 0.5 }) },
        hy: { from: 'h', to: 'y', weights, connect: probability(0.4), rule },
        again: { from: 'h', to: 'y', weights, delay: 2, rule },
        rare: { from: 'h', to: 'y', weights, connect: probability(0.1) },
        hz: { from: 'h', to: 'z', weights, connect: probability(0.4), rule },
        gz: { from: 'g', to: 'z', weights, delay: 3, connect: probability(0.6), rule },
        yz: { from: 'y', to: 'z', weights, delay: 1, connect: probability(0.2), rule },
      },
      feedback: {
        one: { from: 'y', to: 'h', weights },
        two: { from: 'z', to: 'h', weights },
        three: { from: 'z', to: 'g', weights },
        four: { from: 'z', to: 'y', weights },
      },
    });
    for (const seed of [1, 2, 3]) expectAgreement(build(definition, seed), schedule, 'symmetric');
  });

  it('weights of -0: a change of -0 makes them 0, for every sum of changes starts from 0; without a rule or learning they stay', () => {
    const weights = [[-0, -0, -0]];
    const definition = circuit({
      neurons: { x: input(3), h: linear(3), y: linear(1, { initial: 1 }) },
      synapses: {
        ...{ xh: { from: 'x', to: 'h', weights: normal() }, fixed: { from: 'x', to: 'y', weights } },
        hy: { from: 'h', to: 'y', weights, rule: plasticityRule({ name: 'never', params: {}, change: () => -0 })() },
      },
    });
    const pair = new Pair(build(definition, 1), { schedule, feedback: 'random' });
    pair.watchedTrial(randomTrial(pair.circuit, 2, 1), { learn: false });
    expect([...pair.kernels.weights()['hy']]).toEqual([-0, -0, -0]);
    pair.trial(randomTrial(pair.circuit, 2, 1));
    const { fixed, hy } = pair.kernels.weights();
    expect([...fixed]).toEqual([-0, -0, -0]);
    expect([...hy]).toEqual([0, 0, 0]);
  });
});
