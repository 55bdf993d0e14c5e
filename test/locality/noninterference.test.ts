import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import {
  build,
  circuit,
  type BuiltCircuit,
  type Engine,
  type Feedback,
  type LearningOptions,
} from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { expectLocal, findInterference, noninterference } from '../../src/locality/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { builtInRules, kolenPollack, kolenPollackFeedback, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import { cook, randomTrial, recipesWithin, withoutTransport } from '../support/random-circuit.ts';
import { anyRules } from '../support/rules.ts';

beforeAll(loadKernels);

const ENGINES = {
  actors: (circuit: BuiltCircuit, options: LearningOptions): Engine => new ActorEngine(circuit, options),
  kernels: (circuit: BuiltCircuit, options: LearningOptions): Engine =>
    new KernelEngine(circuit, { algorithm: 'local', ...options }),
};

describe('on 300 random circuits', () => {
  it('no rule changes a bit of an update when all is changed that its synapse is not entitled to', () => {
    const moved: Record<string, Set<string>> = {};
    let updates = 0;
    const names = Object.keys(anyRules) as (keyof typeof anyRules)[];
    // What it compiles to takes kernels long; the rules are tried one by one below.
    const quick = names.filter((name) => name !== 'transcendental');
    fc.assert(
      fc.property(recipesWithin({ rules: ['rflo', 'delta', ...quick] }), (recipe) => {
        const { built, trial } = cook(recipe);
        const schedule = recipe.seed % 2 === 0 ? 'trial' : 'online';
        for (const open of Object.values(ENGINES)) {
          const engine = open(built, { schedule, feedback: 'random' });
          try {
            const found = noninterference(engine, trial, { seed: recipe.seed, updates: 6 });
            expect(found.counterexample?.message).toBeUndefined();
            updates += found.updates;
            for (const [rule, paths] of Object.entries(found.entitled)) {
              const known = (moved[rule] ??= new Set());
              for (const [path, yes] of Object.entries(paths)) if (yes) known.add(path);
            }
          } catch (error) {
            // A circuit whose rates run away says nothing; another takes its place.
            if (!(error instanceof RunError)) throw error;
            fc.pre(false);
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(updates).toBeGreaterThan(2000);
    // The same test would see a change, for each thing that a rule reads has changed its updates.
    expect([...moved['rflo']].sort()).toEqual(['p', 'post.retention', 'post.signal', 'post.slope', 'pre.rate']);
    expect([...moved['delta']].sort()).toEqual(['post.signal', 'pre.rate']);
    expect([...moved['oja']].sort()).toEqual(['post.rate', 'pre.rate', 'w']);
    expect([...moved['untraced']].sort()).toEqual(['c', 'none', 'post.signal', 'pre.rate']);
    expect([...moved['everything']].sort()).toEqual(
      ['p', 'post.rate', 'post.retention', 'post.signal', 'post.slope', 'pre.rate', 'q', 'w'].sort(),
    );
  });
});

describe('on circuits with dials', () => {
  it('no rule changes a bit of an update either: what axons send, and traces that are kept, are held like all else', () => {
    let [updates, sending, kept] = [0, 0, 0];
    const dialled = recipesWithin({ rules: ['rflo', 'delta', 'cascade', 'everything'], dialled: true });
    fc.assert(
      fc.property(dialled.map(withoutTransport), (recipe) => {
        const { built, trial } = cook(recipe);
        const schedule = recipe.seed % 2 === 0 ? 'trial' : 'online';
        for (const open of Object.values(ENGINES)) {
          try {
            const found = noninterference(open(built, { schedule, feedback: 'random' }), trial, { updates: 6 });
            expect(found.counterexample?.message).toBeUndefined();
            updates += found.updates;
          } catch (error) {
            if (!(error instanceof RunError)) throw error;
            fc.pre(false);
          }
        }
        if (built.populations.some((population) => population.sending)) sending++;
        if (built.groups.some(({ keepsTraces }) => keepsTraces)) kept++;
      }),
      { numRuns: 40, seed: 2 },
    );
    expect(updates).toBeGreaterThan(300);
    expect(sending).toBeGreaterThan(10);
    expect(kept).toBeGreaterThan(10);
  });

  it('feedback held at an angle to the readout is weight transport, also at 90 degrees; relearned feedback is none', () => {
    const fed = (dials: Partial<Feedback<'x' | 'h' | 'y'>>) =>
      build(
        circuit({
          neurons: { x: input(1), h: leakyTanh(2), y: linear(2) },
          synapses: {
            in: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
            readout: { from: 'h', to: 'y', weights: normal(), rule: kolenPollack() },
          },
          feedback: { error: { from: 'y', to: 'h', weights: normal(), ...dials } },
        }),
        1,
      );
    for (const open of Object.values(ENGINES)) {
      const message = (dials: Partial<Feedback<'x' | 'h' | 'y'>>) => {
        const built = fed(dials);
        const engine = open(built, { schedule: 'online', feedback: 'random' });
        return noninterference(engine, randomTrial(built, 4, 1)).counterexample?.message;
      };
      for (const angle of [0, 40, 90]) expect(message({ angle })).toContain('of `readout` was changed');
      expect(message({ rule: kolenPollackFeedback() })).toBeUndefined();
      expect(message({ broadcast: { delay: 1, bits: 3, drop: 0.2 } })).toBeUndefined();
    }
  });
});

const rules = builtInRules.map((make) => [make().name, make] as const);

describe.each(['actors', 'kernels'] as const)('every rule of the library is local on %s:', (engine) => {
  it.each(rules)('%s', (name, make) => {
    const { updates, moves } = expectLocal(make(), { engine, circuits: 10 });
    expect(updates).toBeGreaterThan(100);
    // The one rule that reads no learning signal is for feedback, and hears the error as what comes from its axon.
    if (name !== 'kolen-pollack-feedback') expect(moves).toContain('post.signal');
    expect(moves).toContain('pre.rate');
  });
});

const OPTIONS = (['trial', 'online'] as const).flatMap((schedule) =>
  (['random', 'symmetric'] as const).map((feedback) => ({ schedule, feedback })),
);

describe('a smallest counterexample is found', () => {
  const future = 'synapse 0→0 of `recurrent` changed when the target of timestep 2 was changed';
  const transport = 'synapse 0→0 of `recurrent` changed when the weight of 0→0 of `readout` was changed';

  it.each(['random', 'symmetric'] as const)('for BPTT, feedback %s: an update hangs on the future', (feedback) => {
    const found = findInterference((circuit) => new Bptt(circuit, { schedule: 'trial', feedback }));
    expect(found?.message).toBe(future);
    expect(found).toMatchObject({ group: 'recurrent', pre: 0, post: 0, timestep: 1 });
    expect(found?.changed).toMatchObject([{ place: { kind: 'target' }, index: 1, timestep: 1 }]);
  });

  it.each(['trial', 'online'] as const)(
    "for RTRL, schedule %s: an update hangs on other synapses' weights",
    (schedule) => {
      const messages = (['symmetric', 'random'] as const).map(
        (feedback) => findInterference((circuit) => new Rtrl(circuit, { schedule, feedback }))?.message,
      );
      expect(messages).toEqual([transport, 'synapse 0→0 of `recurrent` changed when the weight of 0→1 was changed']);
    },
  );

  it.each(['trial', 'online'] as const)(
    'for SnAp-n, schedule %s: from n = 2 on, weights beyond its neuron',
    (schedule) => {
      const message = (n: number, feedback: 'random' | 'symmetric') =>
        findInterference((circuit) => new Snap(circuit, { n, schedule, feedback }))?.message;
      expect(message(2, 'random')).toBe('synapse 0→0 of `recurrent` changed when the weight of 0→1 was changed');
      expect(message(3, 'random')).toBe(message(2, 'random'));
      expect(message(1, 'symmetric')).toBe(transport);
    },
  );

  it('for SnAp-1: its neuron has a weight onto itself, and that alone is what its other synapses hang on', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const found = findInterference((circuit) => new Snap(circuit, { n: 1, schedule: 'trial', feedback: 'random' }), {
        seed,
      });
      const { changed = [], post } = found ?? {};
      expect(changed).toHaveLength(1);
      const [{ place, index }] = changed;
      if (place.kind !== 'weight') throw new Error(`not a weight: ${found?.message ?? ''}`);
      expect([place.group.from, place.group.pre[index]]).toEqual([place.group.to, post]);
    }
  });

  it.each(OPTIONS)('for RFLO where its feedback is symmetric, and only then: %o', ({ schedule, feedback }) => {
    for (const open of Object.values(ENGINES)) {
      const found = findInterference((circuit) => open(circuit, { schedule, feedback }), { circuits: 5 });
      expect(found?.message).toBe(feedback === 'symmetric' ? transport : undefined);
    }
  });

  it('and is one: the same change alone, again, changes the same update', () => {
    const found = findInterference((circuit) => new Rtrl(circuit, { schedule: 'trial', feedback: 'random' }), {
      seed: 5,
    });
    expect(found?.changed).toHaveLength(1);
    expect(found?.message).toContain(' changed when the weight of ');
  });
});
