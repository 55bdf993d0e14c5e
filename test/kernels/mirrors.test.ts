import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ojaCircuit } from '../../scenarios/systems/oja.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, type BuiltCircuit, type LearningOptions } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { Layout } from '../../src/kernels/layout.ts';
import { learnerOf } from '../../src/kernels/learners.ts';
import { MemoryPlan } from '../../src/kernels/memory.ts';
import { normal, stream } from '../../src/random/index.ts';
import { mirroredRule, plasticityRule, type PlasticityRule } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

const how: LearningOptions = { schedule: 'trial', feedback: 'random' };

const byErrors = plasticityRule({
  name: 'error-and-oja',
  params: { error: 0.1, oja: 0.05 },
  tunable: ['error', 'oja'],
  sees: { pre: ['residual', 'error'], post: ['error'] },
  change: ({ pre, post, error, oja }) =>
    oja * post.out * pre.residual - error * post.error * pre.rate - 0.01 * post.error * pre.error,
})();
/** The same but for one sign. */
const other = plasticityRule({
  name: 'other',
  params: { error: 0.1, oja: 0.05 },
  sees: { pre: ['error'], post: ['residual', 'error'] },
  change: ({ pre, post, error, oja }) =>
    oja * pre.rate * post.residual - error * pre.error * post.out + 0.01 * pre.error * post.error,
})();

interface Shape {
  readonly sizes: readonly number[];
  readonly forward?: PlasticityRule;
  readonly reconstructing?: PlasticityRule;
  readonly feedback?: 'learned';
}

function network({ sizes, forward = byErrors, reconstructing = mirroredRule(forward), feedback }: Shape): BuiltCircuit {
  const weights = sizes.slice(1).map(() => normal({ sd: 0.2 }));
  const rates = { error: 0.1, hebbianError: 0.01, oja: 0.05 };
  const all = { sizes, beta: 3, weights, feedback: feedback ?? weights };
  return build(ojaCircuit(all, rates, { forward, reconstructing }), 1);
}

/** Which groups mirror which. */
function mirrorsOf(circuit: BuiltCircuit, options = how): Readonly<Record<string, string>> {
  const layout = new Layout(circuit, 'f64', new MemoryPlan(), learnerOf(circuit, local(), options));
  return Object.fromEntries(layout.mirrors.map(({ group, of }) => [group.group.name, of.group.name]));
}

describe('a mirrored group', () => {
  it('is found by what it asks for, between the same neurons', () => {
    expect(mirrorsOf(network({ sizes: [20, 17, 16] }))).toEqual({ back1: 'forward1', back2: 'forward2' });
    expect(mirrorsOf(network({ sizes: [20, 17, 16], feedback: 'learned' }))).toMatchObject({ back1: 'forward1' });
  });

  it('is not one that asks for something else, or whose synapses are few', () => {
    expect(mirrorsOf(network({ sizes: [20, 17, 16], reconstructing: other }))).toEqual({});
    expect(mirrorsOf(network({ sizes: [20, 17, 5] }))).toEqual({ back1: 'forward1' });
  });

  it('is not kept once where samples are batched: then synapses keep more than their weights', () => {
    expect(mirrorsOf(network({ sizes: [20, 17, 16] }), { ...how, batch: 2 })).toEqual({});
  });
});

const GROUPS = ['forward1', 'back1', 'forward2', 'back2'] as const;
const events = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('trials' as const), count: fc.integer({ min: 1, max: 3 }) }) },
    fc.record({ do: fc.constantFrom('watched' as const, 'long' as const, 'idle' as const, 'read' as const) }),
    fc.record({
      do: fc.constant('set' as const),
      group: fc.constantFrom(...GROUPS),
      at: fc.nat(200),
      to: fc.constantFrom(0.25, -0, 0, 1e-320),
    }),
    fc.record({ do: fc.constant('mirror' as const) }),
    fc.record({
      do: fc.constant('tune' as const),
      groups: fc.constantFrom(['forward1'], ['back1'], ['forward1', 'back1'], ['back2', 'forward2']),
      error: fc.constantFrom(0, 0.05, 0.1),
    }),
  ),
  { minLength: 3, maxLength: 8 },
);

describe('a mirror that is kept once', () => {
  const sizes = [
    [20, 17, 16],
    [16, 19, 21],
    [33, 26, 18],
  ];
  const cases = sizes.flatMap((each) => (['trial', 'online'] as const).map((schedule) => [each, schedule] as const));
  it.each(cases)('has every bit of the actors, whatever is done to it: %s, schedule %s', (each, schedule) => {
    const circuit = network({ sizes: each });
    const initial = circuit.groups.map(({ name, weights }) => [name, weights] as const);
    const chance = stream(1, 'mirrors', schedule, String(each));
    const trialOf = (timesteps: number): Trial => ({
      timesteps,
      input: Float64Array.from({ length: (each[0] + each[2]) * timesteps }, () =>
        chance() < 0.4 ? 0 : chance() - 0.3,
      ),
      target: Float64Array.from({ length: each[2] * timesteps }, (_, k) => Number(k % each[2] === 1)),
    });
    const pair = new Pair(circuit, { ...how, schedule });
    const both = (act: (engine: Pair['engines'][number]) => void) => {
      pair.engines.forEach(act);
    };
    fc.assert(
      fc.property(events, (all) => {
        both((engine) => {
          engine.setWeights(Object.fromEntries(initial));
          for (const group of GROUPS) engine.tune?.(group, { error: 0.1, oja: 0.05 });
        });
        for (const event of all) {
          switch (event.do) {
            case 'trials':
              for (let k = 0; k < event.count; k++) {
                const trial = trialOf(1);
                const [expected, got] = pair.engines.map((engine) => engine.trial(trial));
                expect(got).toBe(expected);
              }
              break;
            case 'watched':
              pair.watchedTrial(trialOf(1));
              break;
            case 'long':
              pair.trial(trialOf(2));
              break;
            case 'idle':
              pair.trial(trialOf(1), { learn: false });
              break;
            case 'read':
              pair.expectSame('between');
              break;
            case 'set':
              both((engine) => {
                const weights = engine.weights();
                const own = weights[event.group];
                own[event.at % own.length] = event.to;
                engine.setWeights(weights);
              });
              break;
            case 'mirror':
              both((engine) => {
                const weights = engine.weights();
                weights['forward1'].forEach((w, k) => {
                  weights['back1'][(k % each[0]) * each[1] + Math.floor(k / each[0])] = w;
                });
                engine.setWeights(weights);
              });
              break;
            case 'tune':
              both((engine) => {
                for (const group of event.groups) engine.tune?.(group, { error: event.error });
              });
          }
        }
        pair.expectSame('at the end');
      }),
      { numRuns: 40 },
    );
  });

  it('is the same in f32 as one that is kept apart, as in trials with stops', () => {
    const [once, stopped] = [0, 1].map(
      () => new KernelEngine(network({ sizes: [30, 19, 17] }), { ...how, algorithm: local(), precision: 'f32' }),
    );
    for (let k = 0; k < 5; k++) {
      const input = Float64Array.from({ length: 47 }, (_, i) => Math.sin(i * (k + 1)));
      const trial = { timesteps: 1, input, target: Float64Array.from({ length: 17 }, (_, i) => Number(i === k)) };
      expect(once.trial(trial)).toBe(stopped.trial(trial, { onTimestep: () => undefined }));
    }
    expect(once.weights()).toEqual(stopped.weights());
  });

  it('asks for what the actors ask for in a trial with stops', () => {
    const decaying = plasticityRule({
      name: 'decaying',
      params: {},
      sees: { post: ['error'] },
      change: ({ w, pre, post }) => -0.1 * post.error * pre.rate - 0.01 * w,
    })();
    const mirrored = plasticityRule({
      name: 'decaying-backward',
      params: {},
      sees: { pre: ['error'] },
      change: ({ w, pre, post }) => -0.1 * pre.error * post.out - 0.01 * w,
    })();
    const circuit = network({ sizes: [20, 17, 16], forward: decaying, reconstructing: mirrored });
    expect(mirrorsOf(circuit)).toMatchObject({ back1: 'forward1' });
    const [actors, kernels] = new Pair(circuit, how).engines;
    const trial = { timesteps: 1, input: new Float64Array(36).fill(0.3), target: new Float64Array(16).fill(1, 0, 1) };
    for (let k = 0; k < 3; k++) expect(kernels.trial(trial)).toBe(actors.trial(trial));
    const asked = [actors, kernels].map((engine) => {
      const seen: Record<string, readonly number[]> = {};
      const onPhase = (phase: string) => {
        if (phase !== 'learn') return;
        for (const { place, length, get } of engine.held()) {
          if (place.kind === 'asked') seen[place.group.name] = Array.from({ length }, (_, k) => get(k));
        }
      };
      engine.trial(trial, { onPhase });
      return seen;
    });
    expect(asked[0]['back1'].some((change) => change !== 0)).toBe(true);
    expect(asked[1]).toEqual(asked[0]);
  });
});
