import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type FeedbackKind, type Schedule } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { detach, max, spike } from '../../src/local/index.ts';
import { input, linear, type Population } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';
import { bptt, rtrl } from '../../src/solvers/index.ts';
import { Pair } from '../support/agreement.ts';
import { detachedReset, reset, stepUnit } from '../support/models.ts';
import { cook, randomTrial, recipesWithin, type Recipe } from '../support/random-circuit.ts';
import { changesOf, relativeDifference } from '../support/weights.ts';

beforeAll(loadKernels);

const models = ['step', 'reset', 'detachedReset', 'tanh'] as const;
const recipes = recipesWithin({
  models,
  hidden: fc.integer({ min: 1, max: 11 }),
  timesteps: fc.integer({ min: 1, max: 40 }),
  rules: ['rflo'],
});

function agree(
  recipe: Recipe,
  algorithm: 'local' | 'bptt' | 'rtrl',
  schedule: Schedule,
  feedback: FeedbackKind,
): boolean {
  const { built, trial } = cook(recipe);
  const pair = new Pair(built, { schedule, feedback }, algorithm);
  if (typeof pair.trial(trial) !== 'number') return false;
  return typeof pair.watchedTrial(randomTrial(built, recipe.timesteps + 5, recipe.seed + 1)) === 'number';
}

describe('neurons with spikes and detached values have the same bits on every engine, on random circuits:', () => {
  const feedback = fc.constantFrom<FeedbackKind>('random', 'symmetric');
  const schedule = fc.constantFrom<Schedule>('trial', 'online');

  it('actors and kernels', () => {
    let finished = 0;
    fc.assert(
      fc.property(recipes, schedule, (recipe, when) => {
        if (agree(recipe, 'local', when, 'random')) finished++;
      }),
      { numRuns: 40, seed: 1 },
    );
    expect(finished).toBeGreaterThan(20);
  });

  it('plain solvers and kernels', () => {
    let finished = 0;
    fc.assert(
      fc.property(recipes, fc.constantFrom('bptt', 'rtrl'), feedback, (recipe, algorithm, kind) => {
        if (agree(recipe, algorithm, 'trial', kind)) finished++;
      }),
      { numRuns: 40, seed: 1 },
    );
    expect(finished).toBeGreaterThan(20);
  });
});

const of = (h: Population) =>
  build(
    circuit({
      neurons: { x: input(2), h, y: linear(2) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.15 }), rule: rflo({ eta: 0.1 }) },
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.1 }) },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.5 }), rule: delta({ eta: 0.1 }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    7,
  );

describe.each([
  ['a step', 'potential', stepUnit(9, { tau: 2 })],
  ['a reset', 'rate', reset(9, { lambda: 0.5 })],
  ['a detached reset', 'rate', detachedReset(9, { lambda: 0.5 })],
])('a network of units with %s', (_, compared, population) => {
  const built = of(population);
  const trial = randomTrial(built, 60, 2);

  it('crosses its thresholds, and learns', () => {
    const engine = new KernelEngine(built, { algorithm: local(), schedule: 'trial', feedback: 'random' });
    const reader = engine.reader({ neurons: 'h', value: compared });
    const values = new Float64Array(reader.length);
    const above: boolean[] = [];
    engine.trial(trial, {
      onTimestep: () => {
        reader.read(values, 0);
        above.push(...Array.from(values, (value) => value >= 0.5));
      },
    });
    expect(above).toContain(true);
    expect(above).toContain(false);
    const changes = changesOf(engine, trial);
    for (const each of Object.values(changes)) expect(each.some((change) => change !== 0)).toBe(true);
  });

  it.each(['random', 'symmetric'] as const)('has BPTT = RTRL to 1e-12, feedback %s', (feedback) => {
    const [backward, forward] = [bptt(), rtrl()].map((algorithm) =>
      changesOf(new KernelEngine(built, { algorithm, schedule: 'trial', feedback }), trial),
    );
    expect(relativeDifference(forward, backward, 1e-6)).toBeLessThan(1e-12);
  });
});

describe('a rule', () => {
  it('may call them too: a spike is its value, of its psi nothing is computed', () => {
    const gated = plasticityRule({
      name: 'gated',
      params: { eta: 0.1, theta: 0.1 },
      state: { p: 0 },
      trace: ({ p, pre, post, theta }) => ({
        p: 0.5 * p + detach(pre.rate) * post.slope * spike(post.rate - theta, post.signal) + detach(pre.rate),
      }),
      change: ({ p, pre, post, eta, theta }) => eta * post.signal * p * spike(max(pre.rate, 0) - theta, 1),
    })();
    expect(gated.analysis?.function('trace')?.reads.map(({ path }) => path)).not.toContain('post.signal');
    const built = build(
      circuit({
        neurons: { x: input(2), h: stepUnit(5), y: linear(2) },
        synapses: {
          input: { from: 'x', to: 'h', weights: normal(), rule: gated },
          recurrent: { from: 'h', to: 'h', weights: normal(), rule: gated },
          readout: { from: 'h', to: 'y', weights: normal(), rule: gated },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      }),
      1,
    );
    for (const schedule of ['trial', 'online'] as const) {
      const pair = new Pair(built, { schedule, feedback: 'random' });
      expect(pair.watchedTrial(randomTrial(built, 40, 2))).toBeTypeOf('number');
    }
  });
});
