import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  build,
  circuit,
  takeUpLoop,
  takeUpOf,
  type BuiltGroup,
  type Circuit,
  type Engine,
} from '../../../src/circuit/index.ts';
import { loadKernels } from '../../../src/kernels/index.ts';
import { input, linear } from '../../../src/neurons/index.ts';
import { constant, normal, uniform } from '../../../src/random/index.ts';
import { plasticityRule } from '../../../src/rules/index.ts';
import { Bptt, Rtrl } from '../../../src/solvers/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import { bothEngines, changed, online, byTrial, played, watch } from '../../support/dialled.ts';
import { cook, recipes, recipesWithin, type Recipe } from '../../support/random-circuit.ts';

beforeAll(loadKernels);

const dialled = recipesWithin({ dialled: true, rules: ['rflo', 'everything', 'constant', 'oja'] });
const NUM_RUNS = 40;

/** Every weight that a group has from its start to the end of a trial, on both engines: a list a timestep, the first before the trial. */
function weightsOverTime(
  definition: Circuit,
  seed: number,
  trial: Trial,
): (readonly [BuiltGroup, readonly number[][]])[] {
  return Object.values(bothEngines(definition, online, seed)).flatMap((engine) => {
    const { groups } = engine.circuit;
    const seen = groups.map(({ name }) => [[...engine.weights()[name]]]);
    attempt(engine, trial, () => {
      const weights = engine.weights();
      groups.forEach(({ name }, g) => seen[g].push([...weights[name]]));
    });
    return groups.map((group, g) => [group, seen[g]] as const);
  });
}

/** A circuit may diverge: until then, everything must hold. */
function attempt(engine: Engine, trial: Trial, onTimestep: () => void): void {
  try {
    engine.trial(trial, { onTimestep });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'RunError')) throw error;
  }
}

/** A fixed number is asked for in every timestep. */
const push = plasticityRule({ name: 'push', params: { by: 0.1 }, change: ({ by }) => by });

/** Takes away what the presynaptic neuron sends. */
const pull = plasticityRule({ name: 'pull', params: {}, change: ({ pre }) => -pre.rate });

/** 400 synapses, all of which are to grow by `by` a trial. */
const many = (dials: object, weights = constant(0.1), by = 0.01): Circuit =>
  circuit({
    neurons: { x: input(20), y: linear(20) },
    synapses: { all: { from: 'x', to: 'y', weights, rule: push({ by }), ...dials } },
  });
const silent = (timesteps: number) => played(new Array<number>(20 * timesteps).fill(0), timesteps, 20);

describe("Dale's law", () => {
  it('is violated by no synapse at any timestep', () => {
    let [watched, waiting] = [0, 0];
    fc.assert(
      fc.property(dialled, (recipe) => {
        const { circuit: definition, trial } = cook(recipe);
        for (const [{ from, pre }, seen] of weightsOverTime(definition, recipe.seed, trial)) {
          const excitatory = definition.axons[from.name]?.excitatory;
          if (excitatory === undefined) continue;
          for (const weights of seen) {
            weights.forEach((w, k) => {
              const excites = pre[k] < Math.round(excitatory * from.size);
              watched++;
              if (w === 0) waiting++;
              if (excites ? w < 0 : w > 0)
                throw new Error(`${w} from ${excites ? 'an exciting' : 'an inhibiting'} neuron`);
            });
          }
        }
      }),
      { numRuns: NUM_RUNS },
    );
    expect(watched).toBeGreaterThan(1000);
    expect(waiting).toBeGreaterThan(10); // some would have gone beyond 0
  });

  it('has the first so many neurons excite, with the magnitudes that were drawn', () => {
    const free = many({}, normal({ sd: 1 }));
    const held = changed(free, { axons: { x: { excitatory: 0.3 } } });
    const [drawn, signed] = [free, held].map((definition) => build(definition, 1).groups[0].weights);
    build(held, 1).groups[0].pre.forEach((j, k) => {
      expect(signed[k]).toBe(j < 6 ? Math.abs(drawn[k]) : -Math.abs(drawn[k]));
    });
  });

  it('leaves to weights of one bit 0 and the largest of their sign', () => {
    const definition = changed(many({ bounds: [-0.5, 0.5], bits: 1 }, normal({ sd: 0.3 }), -0.1), {
      axons: { x: { excitatory: 0.5 } },
    });
    for (const [{ pre }, seen] of weightsOverTime(definition, 1, silent(4))) {
      for (const sign of [1, -1]) {
        const own = seen.flatMap((weights) => weights.filter((_, k) => pre[k] < 10 === sign > 0));
        expect(new Set(own.map((w) => w + 0))).toEqual(new Set([0, 0.5 * sign]));
      }
    }
  });

  it('lets a weight come back from 0', () => {
    const definition = circuit({
      neurons: { x: input(1), y: linear(1) },
      synapses: { one: { from: 'x', to: 'y', weights: constant(0.1), rule: pull() } },
      axons: { x: { excitatory: 1 } },
    });
    for (const engine of Object.values(bothEngines(definition, online))) {
      const seen = watch(engine, played([1, 1, -1, -1], 4), { synapses: 'one', value: 'weight' });
      expect(seen.flat()).toEqual([0, 0, 0.25, 0.5]);
    }
  });
});

describe('dials at their neutral settings', () => {
  it('leave nothing in a circuit, and change no bit on either engine', () => {
    fc.assert(
      fc.property(recipes, fc.constantFrom(online, byTrial), (recipe, how) => {
        const { circuit: plain, trial } = cook(recipe);
        const { neurons, synapses } = plain;
        const neutral = changed(plain, {
          synapses: Object.fromEntries(
            Object.entries(synapses).map(([name, group]) => [
              name,
              {
                ...group,
                ...{ bounds: [-Infinity, Infinity] as const, bits: Infinity, plastic: 1 },
                ...(group.rule?.trace && { traces: { bits: Infinity, range: 3, keep: false } }),
              },
            ]),
          ),
          axons: Object.fromEntries(
            Object.keys(neurons).map((name) => [name, { threshold: 0, bits: Infinity, range: 2, noise: 0, delay: 0 }]),
          ),
        });
        const [without, turned] = [plain, neutral].map((definition) => build(definition, recipe.seed));
        expect(turned.populations.some(({ sending }) => sending)).toBe(false);
        turned.groups.forEach(({ settling, rule, keepsTraces, delay }, g) => {
          expect([settling, rule, keepsTraces, delay]).toEqual([
            undefined,
            without.groups[g].rule,
            false,
            without.groups[g].delay,
          ]);
        });
        const [before, after] = [plain, neutral].map((definition) =>
          Object.values(bothEngines(definition, how, recipe.seed)).map((engine) => {
            const loss = engine.trial(trial);
            return { loss, weights: engine.weights(), carried: engine.carried() };
          }),
        );
        expect(after).toEqual(before);
      }),
      { numRuns: NUM_RUNS },
    );
  });
});

describe('bounds', () => {
  it('are kept at every timestep, and reached', () => {
    let reached = 0;
    fc.assert(
      fc.property(
        recipesWithin({ rules: ['rflo', 'constant', 'oja'] }),
        fc.double({ min: 0.01, max: 0.6, noNaN: true }),
        (recipe, high) => {
          const { circuit: plain, trial } = cook(recipe);
          const low = -high / 2;
          const held = changed(plain, {
            synapses: Object.fromEntries(
              Object.entries(plain.synapses).map(([name, group]) => [name, { ...group, bounds: [low, high] as const }]),
            ),
          });
          for (const [, seen] of weightsOverTime(held, recipe.seed, trial)) {
            for (const w of seen.flat()) {
              if (!(w >= low && w <= high)) throw new Error(`${w} is beyond ${low} to ${high}`);
              if (w === low || w === high) reached++;
            }
          }
        },
      ),
      { numRuns: NUM_RUNS },
    );
    expect(reached).toBeGreaterThan(100);
  });

  it('that are one number hold every weight there', () => {
    for (const engine of Object.values(bothEngines(many({ bounds: [0.25, 0.25] }), online))) {
      engine.trial(silent(3));
      expect(new Set(engine.weights()['all'])).toEqual(new Set([0.25]));
    }
  });
});

describe('weights of b bits', () => {
  it.each([1, 2, 3, 8, 24])('%d: are on their levels alone, at every timestep', (bits) => {
    const most = 2 ** (bits - 1) - 1;
    const definition = many({ bounds: [-0.8, 0.8], bits }, uniform(-1, 1), 0.5);
    let changes = 0;
    for (const [, seen] of weightsOverTime(definition, 3, silent(4))) {
      for (const weights of seen) {
        for (const w of weights) {
          const level = (w / 0.8) * Math.max(1, most);
          expect(Math.abs(level - Math.round(level))).toBeLessThan(1e-9 * Math.max(1, most));
          expect(Math.abs(w)).toBeLessThanOrEqual(0.8);
          if (bits === 1) expect(Math.abs(w)).toBe(0.8);
        }
      }
      changes += seen[4].filter((w, k) => w !== seen[0][k]).length;
    }
    expect(changes).toBeGreaterThan(50);
  });

  it('begin on the level nearest to what was drawn', () => {
    const wide = uniform(-1.2, 1.2);
    const [drawn, held] = [many({}, wide), many({ bounds: [-0.9, 0.9], bits: 3 }, wide)].map(
      (definition) => build(definition, 1).groups[0].weights,
    );
    held.forEach((w, k) => {
      expect(w).toBeCloseTo(Math.max(-0.9, Math.min(0.9, 0.3 * Math.round(drawn[k] / 0.3))), 12);
    });
  });

  it.each([1, 2, 5])('%d: are rounded so that nothing is lost on average, to one of the two levels beside', (bits) => {
    const definition = many({ bounds: [-1, 1], bits });
    const takeUp = takeUpOf(build(definition, 1).groups[0], { byRules: true });
    if (!takeUp) throw new Error('there is nothing that rounds');
    const loop = takeUpLoop(takeUp);
    const step = bits === 1 ? 2 : 1 / (2 ** (bits - 1) - 1);
    for (const [w, change] of [
      [0.2, 0.013],
      [-0.5, 0.1],
      [0, 0.004],
      [0.9, -0.77],
    ]) {
      const results = Array.from({ length: 100 }, (_, n) => {
        const numbers = { w: new Float64Array(400).fill(w), asked: new Float64Array(400).fill(change) };
        loop(numbers, { step: 1, pace: 1, due: 1, key: Math.imul(n, 40_503) });
        return [...numbers.w];
      }).flat();
      const mean = results.reduce((sum, value) => sum + value, 0) / results.length;
      expect(new Set(results).size).toBeLessThanOrEqual(2);
      for (const value of new Set(results)) expect(Math.abs(value - (w + change))).toBeLessThan(step);
      expect(Math.abs(mean - (w + change)), `${w} + ${change}`).toBeLessThan(
        (5 * step) / 2 / Math.sqrt(results.length),
      );
    }
  });

  it('learn on average what weights without would have learned, from changes far below a level', () => {
    const trials = 20;
    for (const engine of Object.values(bothEngines(many({ bounds: [-1, 1], bits: 4 }, constant(0), 0.01), online))) {
      for (let trial = 0; trial < trials; trial++) engine.trial(silent(5));
      const weights = engine.weights()['all'];
      const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
      // Each of 100 roundings adds at most step^2 times its chance, 0.014, to the variance: 0.17 in all.
      expect(Math.abs(mean - trials * 0.01)).toBeLessThan((5 * 0.17) / Math.sqrt(weights.length));
      expect(mean).toBeGreaterThan(0.1);
    }
  });

  it('fall otherwise for another seed, in another trial and another timestep, and the same for the same', () => {
    const definition = many({ bounds: [-1, 1], bits: 3 }, constant(0), 0.4);
    const after = (seed: number, number: number, timesteps = 1) => {
      const [actors, kernels] = Object.values(bothEngines(definition, byTrial, seed)).map((engine) => {
        engine.trial(silent(timesteps), { number });
        return [...engine.weights()['all']];
      });
      expect(kernels).toEqual(actors);
      return actors;
    };
    const first = after(1, 1);
    expect(after(1, 1)).toEqual(first);
    expect(after(2, 1)).not.toEqual(first);
    expect(after(1, 2)).not.toEqual(first);
    expect(after(1, 1, 2)).not.toEqual(first);
  });
});

describe('a fraction plastic', () => {
  const learned = (plastic: number, seed = 1, trials = 1): readonly boolean[] => {
    const [actors, kernels] = Object.values(bothEngines(many({ plastic }), online, seed)).map((engine) => {
      const before = engine.weights()['all'];
      for (let trial = 0; trial < trials; trial++) engine.trial(silent(2));
      return Array.from(engine.weights()['all'], (w, k) => w !== before[k]);
    });
    expect(kernels).toEqual(actors);
    return actors;
  };
  const count = (flags: readonly boolean[]) => flags.filter(Boolean).length;

  it('of 0 is none, and of 1 all', () => {
    expect(count(learned(0))).toBe(0);
    expect(count(learned(1))).toBe(400);
  });

  it.each([0.1, 0.5, 0.9])('of %d is about so many, for good, and others with another seed', (plastic) => {
    const flags = learned(plastic);
    expect(Math.abs(count(flags) - 400 * plastic)).toBeLessThan(5 * Math.sqrt(400 * plastic * (1 - plastic)));
    expect(learned(plastic, 1, 3)).toEqual(flags);
    expect(learned(plastic, 2)).not.toEqual(flags);
  });

  it.each([Bptt, Rtrl])('holds for the references, too: %o', (Reference) => {
    const { circuit: plain, trial } = cook(STILL);
    const group = plain.synapses['g1'];
    const still = changed(plain, { synapses: { ...plain.synapses, g1: { ...group, plastic: 0 } } });
    const [learning, held] = [plain, still].map((definition) => {
      const solver = new Reference(build(definition, 1), { schedule: 'trial', feedback: 'symmetric' });
      const before = solver.weights();
      solver.trial(trial);
      return Object.entries(solver.weights()).map(([name, weights]) => weights.some((w, k) => w !== before[name][k]));
    });
    expect(learning).toEqual([true, true]);
    expect(held).toEqual([true, false]);
  });
});

/** An input, three hidden neurons and an output; groups g0 and g1 in a row. */
const STILL: Recipe = {
  ...{ inputs: [2], inputAxons: ['free'], groups: [], feedback: [], backwards: false, timesteps: 4, seed: 1 },
  hidden: [{ model: 'tanh', size: 3, initial: 0.1, excitatory: null, axon: 'free' }],
  outputs: [{ model: 'linear', size: 1, initial: 0, excitatory: null, axon: 'free' }],
};
