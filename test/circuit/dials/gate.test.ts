import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../../src/algorithms/index.ts';
import {
  build,
  circuit,
  turnedOnSynapses,
  type Axon,
  type Circuit,
  type Engine,
  type Gate,
  type LearningOptions,
} from '../../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../../src/neurons/index.ts';
import { constant, normal } from '../../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../../src/rules/index.ts';
import { bptt, rtrl } from '../../../src/solvers/index.ts';
import { resolveLearner } from '../../../src/training/index.ts';
import { refusal } from '../../refusal.ts';
import { Pair } from '../../support/agreement.ts';
import { bothEngines, byTrial, changed, played, watch } from '../../support/dialled.ts';
import { cook, randomTrial, recipesWithin } from '../../support/random-circuit.ts';
import { changesOf, relativeDifference } from '../../support/weights.ts';

beforeAll(loadKernels);

/** What its presynaptic neuron brings, asked for in every timestep. */
const seen = plasticityRule({ name: 'seen', params: { eta: 1 }, change: ({ pre, eta }) => eta * pre.rate });

interface Setting {
  readonly delay?: number;
  readonly gate?: Gate;
  readonly axons?: Readonly<Record<string, Axon>>;
}

/** y hears x, twice as loud, through a gate: of two input neurons g, or of s, which starts from 0.5 and halves in every timestep. */
const heard = ({ delay = 0, gate = { from: 'g', neuron: 1 }, axons = {} }: Setting = {}): Circuit =>
  circuit({
    neurons: { x: input(1), g: input(2), s: linear(1, { initial: 0.5 }), y: linear(1) },
    synapses: {
      halves: { from: 's', to: 's', weights: constant(0.5) },
      gated: { from: 'x', to: 'y', weights: constant(2), delay, gate, rule: seen() },
    },
    axons,
    outputs: ['y'],
  });

/** What y becomes in each timestep, on both engines, and what the rule of its synapse has seen in all. */
function hearing(setting: Setting, x: readonly number[], g: readonly number[] = x.map(() => 0)): number[] {
  // Of the two input neurons the second is the one to follow.
  const channels = x.flatMap((rate, t) => [rate, 100, g[t]]);
  const [actors, kernels] = Object.values(bothEngines(heard(setting), byTrial)).map((engine) => {
    const y = watch(engine, played(channels, x.length), { neurons: 'y', value: 'rate' }).flat();
    const brought = y.reduce((sum, rate) => sum + rate / 2, 0);
    expect(engine.weights()['gated'][0]).toBe(2 + brought / x.length);
    return y;
  });
  expect(kernels).toEqual(actors);
  return actors;
}

describe('a gate', () => {
  it('scales what axons bring by what it sent in the timestep before, and so what rules see of it', () => {
    expect(hearing({}, [1, 2, 3, 4], [0.5, -1, 0, 7])).toEqual([0, 2, -6, 0]);
  });

  it('of a neuron with a model starts from its initial rate', () => {
    expect(hearing({ gate: { from: 's' } }, [8, 8, 16, 16])).toEqual([8, 4, 4, 2]);
  });

  it('scales what arrives, and not what sets out, of axons that are late', () => {
    expect(hearing({ delay: 2 }, [1, 2, 3, 4, 5], [1, 10, 100, 1000, 1])).toEqual([0, 0, 20, 400, 6000]);
  });

  it('may be the very neuron whose axon it gates', () => {
    expect(hearing({ gate: { from: 'x' } }, [1, 2, 3, 4])).toEqual([0, 4, 12, 24]);
  });

  it('counts with what its axon makes of its rate, and is one timestep late whatever the delay of that', () => {
    const axons = { g: { bits: 1, delay: 3 } };
    expect(hearing({ axons }, [1, 2, 3, 4], [0.5, -0.25, 0.1, 7])).toEqual([0, 4, -6, 8]);
  });

  it('passes on what axons make of their rates', () => {
    expect(hearing({ axons: { x: { bits: 1 } } }, [1, 2, -3, 4], [0.5, -1, 0, 7])).toEqual([0, 1, 2, 0]);
  });
});

const recipes = recipesWithin({ dialled: true });
const how = fc.record({
  schedule: fc.constantFrom<LearningOptions['schedule']>('trial', 'online'),
  feedback: fc.constant<'random'>('random'),
});

/** Everything that neurons do in a trial, and the weights of the groups named after it; the message where the trial fails. */
function outcome(engine: Engine, trial: ReturnType<typeof played>, groups: readonly string[]): unknown {
  const { populations } = engine.circuit;
  const readers = populations
    .filter(({ name }) => name !== 'gate')
    .map(({ name }) => engine.reader({ neurons: name, value: 'rate' }));
  const rates: number[][] = [];
  try {
    engine.trial(trial, {
      onTimestep: () => {
        for (const reader of readers) {
          const values = new Float64Array(reader.length);
          reader.read(values, 0);
          rates.push([...values]);
        }
      },
    });
  } catch (error) {
    return String(error);
  }
  return [rates, groups.map((name) => engine.weights()[name])];
}

describe('on random circuits,', () => {
  /** A circuit with one group more, from the first hidden population to itself, perhaps gated by a neuron that sends 0 or 1 for ever. */
  const grown = (plain: Circuit, gate: 0 | 1 | undefined): Circuit =>
    changed(plain, {
      neurons: { ...plain.neurons, gate: linear(1, { initial: gate ?? 0 }) },
      synapses: {
        ...plain.synapses,
        stays: { from: 'gate', to: 'gate', weights: constant(1) },
        more: {
          ...{ from: 'h0', to: 'h0', weights: normal(), delay: 2, rule: rflo({ eta: 1 }) },
          ...(gate !== undefined && { gate: { from: 'gate' } }),
        },
      },
    });

  it('a group behind a closed gate keeps its weights, and all else does what it does without the group', () => {
    fc.assert(
      fc.property(recipes, how, (recipe, options) => {
        const { circuit: plain, trial } = cook(recipe);
        const groups = Object.keys(plain.synapses);
        const engines = Object.values(bothEngines(grown(plain, 0), options, recipe.seed));
        const before = build(grown(plain, 0), recipe.seed).groups.find(({ name }) => name === 'more')?.weights;
        for (const [e, without] of Object.values(bothEngines(plain, options, recipe.seed)).entries()) {
          expect(outcome(engines[e], trial, groups)).toEqual(outcome(without, trial, groups));
          expect(engines[e].weights()['more']).toEqual(before);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('an open gate, which sends 1, is no gate', () => {
    fc.assert(
      fc.property(recipes, how, (recipe, options) => {
        const { circuit: plain, trial } = cook(recipe);
        const groups = [...Object.keys(plain.synapses), 'more'];
        const engines = Object.values(bothEngines(grown(plain, 1), options, recipe.seed));
        for (const [e, without] of Object.values(
          bothEngines(grown(plain, undefined), options, recipe.seed),
        ).entries()) {
          expect(outcome(engines[e], trial, groups)).toEqual(outcome(without, trial, groups));
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('behind a gate', () => {
  it("RFLO's trace is the derivative of its neuron's rate by the weight", () => {
    const definition = circuit({
      neurons: { x: input(1), g: input(1), h: leakyTanh(1, { tau: 3, initial: 0.2 }), y: linear(1) },
      synapses: {
        gated: { from: 'x', to: 'h', weights: constant(0.7), rule: rflo(), gate: { from: 'g' } },
        out: { from: 'h', to: 'y', weights: constant(1) },
      },
    });
    const trial = played([0.5, 1.5, -0.3, 0, 0.9, -0.4, 1, 0.8, 0.2, 1], 5);
    for (const engine of Object.values(bothEngines(definition, byTrial))) {
      const rates = (w: number) => {
        engine.setWeights({ ...engine.weights(), gated: Float64Array.of(w) });
        return watch(engine, trial, { neurons: 'h', value: 'rate' }, false).flat();
      };
      const [above, below] = [rates(0.7 + 1e-5), rates(0.7 - 1e-5)];
      engine.setWeights({ ...engine.weights(), gated: Float64Array.of(0.7) });
      const traces = watch(engine, trial, { synapses: 'gated', value: 'p' }).flat();
      traces.forEach((p, t) => {
        expect(p).toBeCloseTo((above[t] - below[t]) / 2e-5, 9);
      });
      // The gate is closed at first, and in the third timestep, as it was sent nothing in the second.
      expect(traces[0]).toBe(0);
      expect(traces[2]).toBe(traces[1] * (1 - 1 / 3));
      expect(Math.abs(traces[4])).toBeGreaterThan(0.05);
    }
  });

  const looped = (delay: number) =>
    build(
      circuit({
        neurons: { x: input(2), h: leakyTanh(7, { tau: 2, initial: 0.3 }), y: linear(2) },
        synapses: {
          in: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.5 }), gate: { from: 'h', neuron: 6 } },
          loop: {
            from: 'h',
            to: 'h',
            weights: normal({ sd: 0.4 }),
            rule: rflo({ eta: 0.5 }),
            delay,
            gate: { from: 'x' },
          },
          out: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 0.5 }), gate: { from: 'y', neuron: 1 } },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      }),
      1,
    );

  it('kernels have every bit of the actors in trials so long that frames are moved, and delays so long that they look back over many', () => {
    for (const schedule of ['trial', 'online'] as const) {
      for (const delay of [1, 40]) {
        const pair = new Pair(looped(delay), { schedule, feedback: 'random' });
        for (const seed of [1, 2]) {
          expect(pair.trial(randomTrial(pair.circuit, 100, seed))).toBeTypeOf('number');
          expect(pair.watchedTrial(randomTrial(pair.circuit, 70, seed))).toBeTypeOf('number');
        }
      }
    }
  });

  it('float32 learns nearly the same', () => {
    const built = looped(3);
    const [single, double] = (['f32', 'f64'] as const).map((precision) =>
      changesOf(new KernelEngine(built, { algorithm: local(), precision, ...byTrial }), randomTrial(built, 20, 1)),
    );
    const difference = relativeDifference(single, double, 1e-3);
    expect(difference).toBeLessThan(1e-4);
    expect(difference).toBeGreaterThan(0);
  });
});

describe('a circuit', () => {
  it('has no output in a population that gates, where none is named', () => {
    const gating = circuit({
      neurons: { x: input(1), g: linear(1), y: linear(1) },
      synapses: {
        opens: { from: 'x', to: 'g', weights: constant(1) },
        gated: { from: 'x', to: 'y', weights: constant(1), gate: { from: 'g' } },
      },
    });
    expect(gating.outputs).toEqual(['y']);
  });

  it('names its gates among the dials that are turned', () => {
    expect(turnedOnSynapses(heard().synapses['gated'])).toEqual({ gate: 'g 1' });
    expect(turnedOnSynapses(heard({ gate: { from: 's' } }).synapses['gated'])).toEqual({ gate: 's 0' });
    expect(turnedOnSynapses(heard().synapses['halves'])).toEqual({});
  });

  it('runs a loop without delay that only a gate closes', () => {
    const { order } = circuit({
      neurons: { x: input(1), g: linear(1), y: linear(1) },
      synapses: {
        back: { from: 'y', to: 'g', weights: constant(1) },
        gated: { from: 'x', to: 'y', weights: constant(1), gate: { from: 'g' } },
      },
      outputs: ['y'],
    });
    expect(order).toEqual(['y', 'g']);
  });

  it.each<[unknown, string]>([
    ['g', ": expected { from, neuron }, got 'g'"],
    [null, ': expected { from, neuron }, got null'],
    [{ from: 'z' }, ".from: unknown population 'z'; expected 'x', 'g', 's' or 'y'"],
    [{}, ".from: unknown population undefined; expected 'x', 'g', 's' or 'y'"],
    [{ from: 'g', neuron: 2 }, ".neuron: 2 is not a neuron of 'g'; give a whole number, 0 to 1"],
    [{ from: 'g', neuron: -1 }, ".neuron: -1 is not a neuron of 'g'; give a whole number, 0 to 1"],
    [{ from: 'g', neuron: 0.5 }, ".neuron: 0.5 is not a neuron of 'g'; give a whole number, 0 to 1"],
    [{ from: 'g', neuron: 'first' }, ".neuron: 'first' is not a neuron of 'g'; give a whole number, 0 to 1"],
    [{ from: 'x', neuron: 1 }, ".neuron: 1 is not a neuron of 'x'; give 0, or leave it out"],
    [{ from: 'g', neurons: 1 }, '.neurons: unknown field; expected one of from, neuron'],
  ])('refuses %o', (gate, problem) => {
    const given: Setting = Object.assign<Setting, object>({}, { gate });
    expect(refusal(() => changed(heard(), { synapses: { gated: { ...heard().synapses['gated'], ...given } } }))).toBe(
      `synapses.gated.gate${problem}`,
    );
  });

  it('is red in the editor where the gate is from none of its populations', () => {
    const misspelled = () =>
      circuit({
        neurons: { x: input(1), y: linear(1) },
        // @ts-expect-error -- there is no population z
        synapses: { gated: { from: 'x', to: 'y', weights: constant(1), gate: { from: 'z' } } },
      });
    expect(refusal(misspelled)).toContain("unknown population 'z'");
  });
});

describe('a global reference', () => {
  const both: LearningOptions = { schedule: 'trial', feedback: 'symmetric' };

  it('learns through a gate in its plain engine; its kernels, which cannot, name the place', () => {
    const definition = heard({ gate: { from: 's' } });
    const built = build(definition, 1);
    for (const algorithm of [bptt(), rtrl()]) {
      expect(refusal(() => new KernelEngine(built, { algorithm, ...both }))).toMatch(/^neurons\.x: 'gated gated' /);
      expect(resolveLearner(algorithm, definition, { trials: 1, engine: 'kernels' }).engine).toBe('actors');
      expect(resolveLearner(algorithm, definition, { trials: 1, usualEngine: 'kernels' }).engine).toBe('actors');
    }
  });
});
