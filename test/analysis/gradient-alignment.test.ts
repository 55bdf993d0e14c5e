import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { gradientAlignment } from '../../src/analysis/index.ts';
import { build, circuit, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { input, linear } from '../../src/neurons/index.ts';
import { constant } from '../../src/random/index.ts';
import { delta, plasticityRule } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { refusal } from '../refusal.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';
import { cook, recipes } from '../support/random-circuit.ts';

const exact = { schedule: 'trial', feedback: 'symmetric' } as const;

function measured(circuit: BuiltCircuit, engine: Engine, trial: Trial) {
  const before = engine.weights();
  engine.trial(trial);
  return gradientAlignment(circuit, { trial, before, after: engine.weights() });
}

describe('gradient alignment', () => {
  it('of the exact references is 1, wherever there is a gradient, on random circuits', () => {
    fc.assert(
      fc.property(recipes, fc.constantFrom(Bptt, Rtrl), (recipe, Solver) => {
        const { built, trial } = cook(recipe);
        const { all, groups } = measured(built, new Solver(built, exact), trial);
        // A change far below the weights' own last digits is lost in them.
        for (const cosine of [all, ...Object.values(groups)])
          if (cosine !== null) expect(cosine).toBeGreaterThan(0.999);
        expect(Object.keys(groups)).toEqual(
          built.groups.filter(({ rule }) => rule?.params['eta']).map(({ name }) => name),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is the cosine: of a change along the gradient, against it, and at an angle that is known', () => {
    // One linear unit and two inputs, one timestep: y = w x, and the gradient is e x.
    const built = build(
      circuit({
        neurons: { x: input(2), y: linear(1) },
        synapses: { w: { from: 'x', to: 'y', weights: constant(0), rule: delta({ eta: 0.1 }) } },
      }),
      1,
    );
    const trial = { timesteps: 1, input: Float64Array.of(3, 4), target: Float64Array.of(2) };
    const of = (...after: readonly [number, number]) =>
      gradientAlignment(built, { trial, before: { w: new Float64Array(2) }, after: { w: Float64Array.from(after) } })
        .all;
    expect(of(3, 4)).toBeCloseTo(1, 12);
    expect(of(-0.3, -0.4)).toBeCloseTo(-1, 12);
    expect(of(4, -3)).toBeCloseTo(0, 12);
    expect(of(1, 0)).toBeCloseTo(0.6, 12);
    expect(of(0, 0)).toBeNull();
    expect(of(NaN, 1)).toBeNull();
  });

  it('over all groups is that of their weights in one row, and no mean of the groups', () => {
    const built = build(threeMatrices(), 1);
    const trial = noiseTrial(20);
    const engine = new ActorEngine(built, { schedule: 'trial', feedback: 'random' });
    const before = engine.weights();
    engine.trial(trial);
    const after = engine.weights();
    const descent = new Bptt(built, exact);
    descent.trial(trial);
    const descended = descent.weights();
    const rows = (names: readonly string[], to: typeof after) =>
      names.flatMap((name) => Array.from(to[name], (w, k) => w - before[name][k]));
    const cosine = (...names: readonly string[]) => {
      const [a, b] = [rows(names, after), rows(names, descended)];
      const dot = (one: readonly number[], other: readonly number[]) =>
        one.reduce((sum, v, k) => sum + v * other[k], 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    const { all, groups } = gradientAlignment(built, { trial, before, after });
    expect(all).toBeCloseTo(cosine('recurrent', 'input', 'readout'), 10);
    for (const name of ['recurrent', 'input', 'readout']) expect(groups[name]).toBeCloseTo(cosine(name), 10);
  });

  it('rises with what a synapse may know: RFLO, SnAp-1, SnAp-n', () => {
    const built = build(threeMatrices({ units: 6, rate: 0.01 }), 5);
    const trial = noiseTrial(30);
    const of = (engine: Engine) => measured(built, engine, trial).groups['recurrent'] ?? NaN;
    const [rflo, one, two] = [
      of(new ActorEngine(built, exact)),
      of(new Snap(built, { n: 1, ...exact })),
      of(new Snap(built, { n: 2, ...exact })),
    ];
    expect(two).toBeGreaterThan(1 - 1e-9);
    expect(one).toBeLessThan(two);
    expect(rflo).toBeLessThan(two);
    expect(of(new ActorEngine(built, { schedule: 'trial', feedback: 'random' }))).toBeLessThan(rflo);
  });

  it('of a learner that learns online is that of the sum of its changes', () => {
    const built = build(threeMatrices({ rate: 1e-4 }), 1);
    const online = measured(built, new Rtrl(built, { ...exact, schedule: 'online' }), noiseTrial(10));
    expect(online.all).toBeGreaterThan(1 - 1e-6); // at so small a rate the weights hardly move within the trial
    expect(online.all).toBeLessThan(1);
  });

  it('is none where the exact trial diverges', () => {
    const built = build(threeMatrices(), 1);
    const before = new Bptt(built, exact).weights();
    const trial = { ...noiseTrial(), target: noiseTrial().target.fill(1e200) };
    expect(gradientAlignment(built, { trial, before, after: before })).toEqual({
      all: null,
      groups: { recurrent: null, input: null, readout: null },
    });
  });

  it('takes a learning rate of every rule', () => {
    const rule = plasticityRule({ name: 'rateless', params: {}, change: () => 0 })();
    const { neurons, synapses } = threeMatrices();
    const built = build(
      circuit({ neurons, synapses: { ...synapses, recurrent: { ...synapses['recurrent'], rule } } }),
      1,
    );
    const update = { trial: noiseTrial(), before: {}, after: {} };
    expect(refusal(() => gradientAlignment(built, update))).toContain(
      "synapses.recurrent.rule: 'rateless' has no parameter 'eta', which gradient alignment takes",
    );
  });
});
