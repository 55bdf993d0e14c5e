import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, oneToOne, type LearningOptions } from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { learnerOf } from '../../src/kernels/learners.ts';
import { input, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { constant, normal, stream } from '../../src/random/index.ts';
import { delta, plasticityRule, type PlasticityRule } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

const rule = (name: string, change: Parameters<typeof plasticityRule>[0]['change']) =>
  plasticityRule({ name, params: { eta: 0.3, none: 0 }, change })();

/** Rules that leave synapses alone while their axon is silent. */
const silent = {
  product: rule('product', ({ pre, post, eta }) => eta * post.signal * pre.out),
  negated: rule('negated', ({ pre, post, eta }) => (-pre.out / 3) * (eta * post.signal)),
  twofold: rule('twofold', ({ pre, post, eta }) => eta * post.signal * pre.out - post.out * (0.1 * pre.out)),
  ofWeight: rule('ofWeight', ({ w, pre, post }) => post.signal * (pre.out * w)),
  without: rule('without', ({ pre, post, none }) => post.signal * pre.out + none * post.out * pre.out),
};
/** Rules that change them even then. */
const never = {
  shrinking: rule('shrinking', ({ w, pre, post, eta }) => eta * post.signal * pre.out - 0.1 * w),
  oja: rule('oja', ({ w, pre, post }) => 0.1 * post.out * (pre.out - post.out * w)),
  postOnly: rule('postOnly', ({ post, eta }) => eta * post.signal),
  inverse: rule('inverse', ({ pre, post, eta }) => (eta * post.signal) / (pre.out + 2)),
};
const rules: Readonly<Record<string, PlasticityRule>> = { ...silent, ...never };

const network = (made: PlasticityRule, inputs: number, units: number) =>
  build(
    circuit({
      neurons: { x: input(inputs), h: leakyTanh(units, { tau: 2 }), y: linear(2) },
      synapses: {
        in: { from: 'x', to: 'h', weights: normal({ sd: 0.2 }), rule: made },
        loop: { from: 'h', to: 'h', weights: normal({ sd: 0.2 }), rule: made },
        out: { from: 'h', to: 'y', weights: normal({ sd: 0.2 }), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    1,
  );

function axonsOf(made: PlasticityRule, inputs: number, units: number, options: LearningOptions) {
  const { timestep, plasticity } = learnerOf(network(made, inputs, units), local(), options);
  return timestep.steps.flatMap((step) =>
    step.do === 'learn' && step.group.name === 'in' ? plasticity(step)?.axons : [],
  )[0];
}

const how: LearningOptions = { schedule: 'trial', feedback: 'random' };

describe('a silent axon', () => {
  it.each(Object.keys(silent))('leaves synapses with the rule %s as they are', (name) => {
    expect(axonsOf(rules[name], 20, 20, how)?.silent).toBe('pre.out');
  });

  it.each(Object.keys(never))('does not, with the rule %s', (name) => {
    const axons = axonsOf(rules[name], 20, 20, how);
    expect(axons === undefined).toBe(name === 'inverse');
    expect(axons?.silent).toBeUndefined();
  });

  it('is looked for where there are many, of many synapses each, that have no state', () => {
    const traced = plasticityRule({
      ...{ name: 'traced', params: { eta: 0.1 }, state: { p: 0 } },
      trace: ({ p, pre }) => ({ p: 0.5 * p + pre.out }),
      change: ({ p, post, eta }) => eta * post.signal * p,
    });
    expect(axonsOf(silent.product, 5, 20, how)).toBeUndefined();
    expect(axonsOf(silent.product, 20, 5, how)).toBeUndefined();
    expect(axonsOf(traced(), 20, 20, how)).toBeUndefined();
  });
});

/** Numbers that a weight is set to from outside: only to -0 and to what is not finite does adding 0 do anything. */
const special = fc.constantFrom(-0, 0, 5e-324, -5e-324, 1e308, NaN, Infinity, -Infinity);
const runs = fc.array(
  fc.record({
    set: fc.array(fc.tuple(fc.nat(1000), fc.oneof({ weight: 3, arbitrary: fc.constant(-0) }, special)), {
      maxLength: 3,
    }),
    timesteps: fc.constantFrom(1, 1, 1, 3),
    zeros: fc.constantFrom(0, 0.3, 0.9, 1),
    nothing: fc.constantFrom(0, -0),
    loud: fc.constantFrom(1, 1, 1, 1e300),
    pace: fc.constantFrom(1, 1, 0.3, 0),
  }),
  { minLength: 2, maxLength: 4 },
);

describe('synapses that learn axon by axon', () => {
  const sizes = [16, 19, 37, 24, 21];
  const all = Object.keys(rules).flatMap((name, k) =>
    (['trial', 'online'] as const).map((schedule) => [name, schedule, sizes[k % 5], sizes[(k + 2) % 5]] as const),
  );
  it.each(all)(
    'have every bit of the actors, whatever weights are set to: %s, %s, %i to %i',
    (name, schedule, inputs, units) => {
      const pair = new Pair(network(rules[name], inputs, units), { ...how, schedule });
      const initial = pair.kernels.weights();
      const chance = stream(1, 'axons', name, schedule);
      fc.assert(
        fc.property(runs, (trials) => {
          for (const engine of pair.engines) engine.setWeights(initial);
          for (const { set, timesteps, zeros, nothing, loud, pace } of trials) {
            for (const engine of pair.engines) {
              const weights = engine.weights();
              for (const [at, value] of set) weights['in'][at % weights['in'].length] = value;
              if (set.length > 0) engine.setWeights(weights);
            }
            const trial = {
              timesteps,
              input: Float64Array.from({ length: inputs * timesteps }, () => (chance() < zeros ? nothing : chance())),
              target: Float64Array.from({ length: 2 * timesteps }, (_, at) => loud * Math.sin(at + 1)),
            };
            if (!pair.kernels.weights()['in'].every(Number.isFinite)) {
              // It stops both; kernels, which may multiply it by 0, perhaps in its neuron already.
              for (const engine of pair.engines) expect(() => engine.trial(trial, { pace })).toThrow(RunError);
              return;
            }
            if (typeof pair.trial(trial, { pace }) !== 'number') return;
          }
        }),
        { numRuns: 12 },
      );
    },
  );

  it('are all visited where a factor is not finite, which 0 times is not a number', () => {
    const steep = rule('steep', ({ pre, post }) => post.signal * 1e200 * 1e200 * pre.out);
    expect(axonsOf(steep, 20, 20, how)?.silent).toBe('pre.out');
    const pair = new Pair(network(steep, 20, 20), how);
    const trial = { timesteps: 1, input: new Float64Array(20), target: Float64Array.of(0, 0) };
    expect(pair.trial(trial)).toEqual(expect.any(Number));
    expect(pair.trial({ ...trial, target: Float64Array.of(1, 1) })).toHaveProperty('actor', 'synapse in 0 <- 0');
  });

  it('fail where their sum alone is too large no more than the actors', () => {
    const pair = new Pair(network(silent.product, 20, 20), how);
    for (const engine of pair.engines) {
      const weights = engine.weights();
      weights['in'].fill(1.5e308, 0, 3);
      engine.setWeights(weights);
    }
    const trial = { timesteps: 1, input: new Float64Array(20).fill(1, 19), target: Float64Array.of(1, 1) };
    for (let k = 0; k < 3; k++) expect(pair.trial(trial)).toEqual(expect.any(Number));
  });

  it('begin a trial of one timestep as any other, whatever was left of a long one', () => {
    const pair = new Pair(network(silent.product, 20, 20), how);
    for (const timesteps of [1, 100, 1]) {
      const input = Float64Array.from({ length: 20 * timesteps }, (_, k) => Math.sin(k + timesteps));
      expect(pair.trial({ timesteps, input, target: new Float64Array(2 * timesteps) })).toEqual(expect.any(Number));
    }
  });

  it.each(['trial', 'online'] as const)('give what a stop after each timestep gives, schedule %s, f32', (schedule) => {
    const [whole, stopped] = [0, 1].map(
      () =>
        new KernelEngine(network(silent.product, 30, 19), { ...how, schedule, algorithm: local(), precision: 'f32' }),
    );
    const trial = {
      timesteps: 1,
      input: Float64Array.from({ length: 30 }, (_, k) => k % 3),
      target: Float64Array.of(1, -1),
    };
    for (let k = 0; k < 3; k++) {
      const loss = whole.trial(trial);
      expect(stopped.trial(trial, { onTimestep: () => undefined })).toBe(loss);
    }
    expect(stopped.weights()).toEqual(whole.weights());
  });
});

describe('a bound of all weights', () => {
  const trial = {
    timesteps: 1,
    input: Float64Array.from({ length: 20 }, (_, k) => k % 3),
    target: Float64Array.of(1, -1),
  };

  it('follows weights that grow many times over, and those that longer trials have changed', () => {
    const pair = new Pair(
      network(
        rule('growing', ({ w, pre }) => 3 * w * pre.out),
        20,
        20,
      ),
      how,
    );
    let failed: unknown;
    for (let k = 0; k < 1200 && failed === undefined; k++) {
      const timesteps = k % 100 === 99 ? 3 : 1;
      const input = Float64Array.from({ length: 20 * timesteps }, (_, j) => j % 3);
      const loss = pair.trial({ timesteps, input, target: new Float64Array(2 * timesteps) });
      if (typeof loss !== 'number') failed = loss;
    }
    // In the end a weight is too large, for both engines in the same timestep.
    expect(failed).toBeInstanceOf(RunError);
  });

  it('is too large where a product is, of factors that are not', () => {
    const steep = rule('steep', ({ pre, post }) => post.signal * 1e200 * (pre.out * 1e200));
    expect(axonsOf(steep, 20, 20, how)?.silent).toBe('pre.out');
    const pair = new Pair(network(steep, 20, 20), how);
    expect(pair.trial({ ...trial, input: new Float64Array(20) })).toEqual(expect.any(Number));
    const loud = Float64Array.from({ length: 20 }, (_, k) => (k === 3 ? 1 : 0));
    expect(pair.trial({ ...trial, input: loud })).toHaveProperty('actor', 'synapse in 0 <- 3');
  });

  it('is looked for again where it has come near the largest number', () => {
    const pair = new Pair(network(never.shrinking, 20, 20), how);
    for (const engine of pair.engines) {
      const weights = engine.weights();
      weights['in'][7] = 1e305;
      engine.setWeights(weights);
    }
    for (let k = 0; k < 3; k++) expect(pair.trial(trial)).toEqual(expect.any(Number));
  });
});

it('neurons that pass on what a task plays give every bit of the actors, silent or not', () => {
  const pixel = neuron({
    ...{ name: 'pixel', params: {}, ports: { forward: 'y' }, state: { y: 0 } },
    step: ({ forward }) => ({ y: forward }),
    sends: ({ y }) => ({ out: y }),
  });
  const synapses = { weights: normal({ sd: 0.2 }), rule: silent.product };
  const made = build(
    circuit({
      neurons: { x: input(30), pixels: pixel(30), h: leakyTanh(19, { tau: 2 }), y: linear(2) },
      synapses: {
        image: { from: 'x', to: 'pixels', weights: constant(1), connect: oneToOne() },
        in: { ...synapses, from: 'pixels', to: 'h' },
        out: { from: 'h', to: 'y', weights: normal({ sd: 0.2 }), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    1,
  );
  const chance = stream(1, 'pixels');
  const pair = new Pair(made, how);
  for (const zeros of [0, 0.5, 0.9, 1, 0.7])
    for (const timesteps of [1, 3]) {
      const some = (count: number, nothing: number) =>
        Float64Array.from({ length: count * timesteps }, () => (chance() < zeros ? nothing : chance() - 0.5));
      const trial = { timesteps, input: some(30, zeros === 0.7 ? -0 : 0), target: some(2, 0) };
      expect(pair.trial(trial)).toEqual(expect.any(Number));
    }
});
