import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import {
  build,
  circuit,
  clock,
  historyOf,
  probability,
  withRules,
  type Circuit,
  type LearningOptions,
} from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { alif, input, leakyReadout, lif, linear } from '../../src/neurons/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { integers, normal, stream } from '../../src/random/index.ts';
import { delta, eprop, epropRegularised, plasticityRule, rflo } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { cook, randomTrial, recipesWithin, type Recipe } from '../support/random-circuit.ts';
import { anyRules } from '../support/rules.ts';

beforeAll(loadKernels);

const rules = (Object.keys(anyRules) as (keyof typeof anyRules)[]).filter(
  (name) => !('obstacle' in historyOf({ rule: anyRules[name](), message: 'rate', keepsTraces: false })),
);
const how: LearningOptions = { schedule: 'trial', feedback: 'random' };

/** The largest difference of the weights after a trial, by history and by traces, over the largest weight. (What another trial makes of a difference is as large as its activity amplifies it.) */
function difference(circuit: Circuit, recipe: Recipe): number {
  const [byTrace, byHistory] = (['trace', 'history'] as const).map((evaluation) => {
    const engine = new ActorEngine(build(circuit, recipe.seed, { evaluation }), how);
    engine.trial(randomTrial(engine.circuit, recipe.timesteps, recipe.seed));
    return Object.values(engine.weights()).flatMap((weights) => [...weights]);
  });
  const largest = Math.max(1, ...byTrace.map(Math.abs));
  return Math.max(0, ...byTrace.map((w, k) => Math.abs(w - byHistory[k]))) / largest;
}

describe('by history', () => {
  const recipes = recipesWithin({ timesteps: fc.integer({ min: 1, max: 70 }), rules, dialled: true }).map((recipe) => ({
    ...recipe,
    groups: recipe.groups.map((group) => ({ ...group, traces: 'free' as const })),
  }));

  it('kernels have every bit of the actors, on random circuits', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { circuit } = cook(recipe);
        const pair = new Pair(build(circuit, recipe.seed, { evaluation: 'history' }), how);
        const first = pair.trial(randomTrial(pair.circuit, recipe.timesteps, recipe.seed));
        if (typeof first !== 'number') return;
        pair.watchedTrial(randomTrial(pair.circuit, Math.ceil(recipe.timesteps / 2), recipe.seed + 1), { pace: 0.7 });
      }),
      { numRuns: 20 },
    );
  });

  it('weights are those of traces, up to rounding', () => {
    const plain = recipesWithin({ rules, timesteps: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(plain, (recipe) => {
        expect(difference(cook(recipe).circuit, recipe)).toBeLessThan(1e-12);
      }),
      { numRuns: 20 },
    );
  });
});

/** 20 axons of a task, late or not, gated or not, and spiking neurons in a loop: two groups end on each of them. */
const spikes = circuit({
  neurons: { x: input(20), h: lif(21, { theta: 0.4, refractory: 2 }), a: alif(17, { theta: 0.3 }), y: leakyReadout(2) },
  synapses: {
    now: { from: 'x', to: 'h', weights: normal({ sd: 0.3 }), rule: eprop() },
    late: { from: 'x', to: 'h', weights: normal({ sd: 0.2 }), delay: 3, rule: rflo(), gate: { from: 'h', neuron: 1 } },
    sparse: { from: 'h', to: 'a', weights: normal({ sd: 0.4 }), connect: probability(0.4), rule: eprop() },
    loop: { from: 'a', to: 'h', weights: normal({ sd: 0.3 }), delay: integers(1, 4), rule: eprop() },
    own: { from: 'a', to: 'a', weights: normal({ sd: 0.3 }), delay: 2, plastic: 0.6, rule: epropRegularised() },
    readout: { from: 'h', to: 'y', weights: normal({ sd: 0.3 }), rule: eprop(), optimiser: adam() },
  },
  globals: { share: clock(({ T }) => 1 / T, { T: 24 }) },
  feedback: { h: { from: 'y', to: 'h', weights: normal() }, a: { from: 'y', to: 'a', weights: normal() } },
});

describe('dense and by events it is the same bits:', () => {
  const [axons, timesteps] = [20, 24];
  const chance = stream(1, 'events');
  const activities: Readonly<Record<string, (t: number, j: number) => boolean>> = {
    'no event': () => false,
    'an event in the first timestep': (t, j) => t === 0 && j === 3,
    'an event in the last timestep': (t, j) => t === timesteps - 1 && j === 16,
    'a few events': () => chance() < 0.05,
    'many events': () => chance() < 0.4,
    'nothing but events': () => true,
  };

  it.each(Object.entries(activities))('%s', (_name, isEvent) => {
    // Actors go by events always, kernels where there are few.
    const pair = new Pair(build(spikes, 3, { evaluation: 'history' }), how);
    const input = Float64Array.from({ length: timesteps * axons }, (_, k) =>
      isEvent(Math.floor(k / axons), k % axons) ? 1 : -0,
    );
    const target = Float64Array.from({ length: 2 * timesteps }, (_, k) => Math.cos(k));
    for (let n = 0; n < 2; n++) expect(pair.trial({ timesteps, input, target })).toEqual(expect.any(Number));
    pair.watchedTrial({ timesteps: 7, input: input.slice(0, 7 * axons), target: target.slice(0, 14) });
  });
});

it('where few of many axons bring something, their weights are read from a copy, with the same bits', () => {
  const [size, timesteps] = [257, 40];
  const definition = circuit({
    neurons: { x: input(size), h: lif(size, { theta: 0.4 }), y: leakyReadout(1) },
    synapses: {
      input: { from: 'x', to: 'h', weights: normal({ sd: 0.2 }), rule: eprop({ eta: 0.1 }) },
      readout: { from: 'h', to: 'y', weights: normal({ sd: 0.1 }), rule: eprop() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  const pair = new Pair(build(definition, 4), how);
  const chance = stream(2, 'few');
  const trial = {
    timesteps,
    input: Float64Array.from({ length: timesteps * size }, () => (chance() < 0.05 ? 1 : 0)),
    target: Float64Array.from({ length: timesteps }, (_, t) => Math.sin(t)),
  };
  const first = pair.kernels.weights();
  // In the second trial the copy is made again: weights have changed.
  for (let n = 0; n < 2; n++) expect(pair.trial(trial)).toEqual(expect.any(Number));
  expect(pair.kernels.weights()).not.toEqual(first);
  for (const engine of pair.engines) {
    // And in the midst of a trial, where they are set.
    const onTimestep = (t: number) => {
      if (t === 32) engine.setWeights(first);
    };
    engine.trial(trial, { onTimestep });
  }
  pair.expectSame('where weights were set');
});

it('global scalars count for a population of any size', () => {
  const scaled = plasticityRule({
    name: 'scaled',
    params: { eta: 0.5 },
    globals: ['phase'],
    change: ({ pre, post, global, eta }) => eta * global.phase * post.signal * pre.out,
  });
  for (const size of [1, 2, 3, 5]) {
    const definition = circuit({
      neurons: { x: input(2), y: linear(size) },
      synapses: { readout: { from: 'x', to: 'y', weights: normal(), rule: scaled() } },
      globals: { phase: clock(({ t }) => t) },
    });
    const built = build(definition, size, { evaluation: 'history' });
    const pair = new Pair(built, how);
    expect(pair.trial(randomTrial(built, 5, 2))).toEqual(expect.any(Number));
    const [before, after] = [built.groups[0].weights, pair.kernels.weights()['readout']];
    expect(after.every((w, k) => w !== before[k])).toBe(true);
  }
});

describe('is for rules that are linear in their trace,', () => {
  const reasons: Readonly<Record<string, string>> = {
    oja: 'reads w',
    exchange: 'starts a at 0.5, not 0',
    preOnly: 'calls tanh on pre.rate in its change',
    postOnly: 'reads nothing that the axons bring',
  };

  it('such as RFLO and the delta rule', () => {
    expect(rules).toEqual(['rflo', 'delta']);
  });

  it.each(Object.entries(reasons))('and %s is not, with the reason: it %s', (name, reason) => {
    const { circuit: plain } = cook(fc.sample(recipesWithin({ rules: ['rflo'] }), { numRuns: 1, seed: 1 })[0]);
    const changed = withRules(plain, { g0: anyRules[name as keyof typeof anyRules]() });
    expect(() => build(changed, 1, { evaluation: 'history' })).toThrow(
      `it ${reason}; give this group evaluation: 'trace'`,
    );
  });

  it('under schedule trial', () => {
    const { circuit } = cook(fc.sample(recipesWithin({ rules: ['rflo'] }), { numRuns: 1, seed: 1 })[0]);
    const built = build(circuit, 1, { evaluation: 'history' });
    for (const open of [
      () => new ActorEngine(built, { ...how, schedule: 'online' }),
      () => new KernelEngine(built, { ...how, algorithm: local(), schedule: 'online' }),
    ]) {
      expect(open).toThrow(/evaluation: is 'history', which computes changes only when the trial has ended/);
    }
  });
});

it('a number of the history that is not finite is blamed on its neuron, on both engines', () => {
  const definition = circuit({
    neurons: { x: input(1), h: linear(3), y: linear(1) },
    synapses: {
      input: { from: 'x', to: 'h', weights: [[1e-100], [1e-100], [1e-100]] },
      readout: { from: 'h', to: 'y', weights: [[1e-100, 0, 0]], rule: delta({ eta: 1e300 }), evaluation: 'history' },
    },
  });
  const pair = new Pair(build(definition, 1), how);
  const outcome = pair.trial({ timesteps: 3, input: Float64Array.of(1, 1, 1), target: Float64Array.of(1, 1e100, 0) });
  expect(outcome).toMatchObject({ actor: 'neuron y 0', timestep: 3 });
});
