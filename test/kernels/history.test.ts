import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, historyOf, withRules, type Circuit, type LearningOptions } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, linear } from '../../src/neurons/index.ts';
import { delta } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { cook, randomTrial, recipesWithin, type Recipe } from '../support/random-circuit.ts';
import { anyRules } from '../support/rules.ts';

beforeAll(loadKernels);

const rules = (Object.keys(anyRules) as (keyof typeof anyRules)[]).filter(
  (name) => !('obstacle' in historyOf({ rule: anyRules[name](), message: 'rate', keepsTraces: false })),
);
const how: LearningOptions = { schedule: 'trial', feedback: 'random' };

/** The largest difference of the weights after two trials, by history and by traces, over the largest weight. */
function difference(circuit: Circuit, recipe: Recipe): number {
  const [byTrace, byHistory] = (['trace', 'history'] as const).map((evaluation) => {
    const engine = new ActorEngine(build(circuit, recipe.seed, { evaluation }), how);
    for (const n of [0, 1]) engine.trial(randomTrial(engine.circuit, recipe.timesteps, recipe.seed + n));
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
      { numRuns: 40 },
    );
  });

  it('weights are those of traces, up to rounding', () => {
    const plain = recipesWithin({ rules, timesteps: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(plain, (recipe) => {
        expect(difference(cook(recipe).circuit, recipe)).toBeLessThan(1e-12);
      }),
      { numRuns: 40 },
    );
  });
});

describe('is for rules that are linear in their trace,', () => {
  const reasons: Readonly<Record<string, string>> = {
    oja: 'reads w',
    exchange: 'starts a at 0.5, not 0',
    preOnly: 'calls tanh on pre.rate in its change',
    postOnly: 'reads nothing that its synapses are brought',
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
      expect(open).toThrow(/evaluation: is 'history', and what is asked for is known when the trial has ended/);
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
