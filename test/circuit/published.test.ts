import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { asAlgorithm, local } from '../../src/algorithms/index.ts';
import { build, circuit, type Engine, type FeedbackKind, type Published } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import { refusal } from '../refusal.ts';
import { noiseTrial } from '../support/networks.ts';

beforeAll(loadKernels);

const averaging = plasticityRule({
  name: 'averaging',
  params: { eta: 0.5 },
  state: { mean: 0.25 },
  trace: ({ mean, pre, post }) => ({ mean: (mean + pre.rate + post.rate) / 2 }),
  change: ({ mean, post, eta }) => eta * mean * post.rate,
});

const built = build(
  circuit({
    neurons: { x: input(2), h: leakyTanh(3, { initial: 0.2 }), z: linear(1), y: linear(2) },
    synapses: {
      input: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      other: { from: 'h', to: 'z', weights: normal() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal(), rule: averaging() } },
    axons: { x: { threshold: 0.1 } },
    outputs: ['z', 'y'],
  }),
  3,
);

const trial = { ...noiseTrial(3), target: Float64Array.from({ length: 9 }, (_, k) => Math.cos(k)) };

const locals = (feedback: FeedbackKind): readonly Engine[] => {
  const how = { schedule: 'online', feedback } as const;
  return [new ActorEngine(built, how), new KernelEngine(built, { algorithm: local(), ...how })];
};

const solvers = (): readonly Engine[] => {
  const how = { schedule: 'trial', feedback: 'symmetric' } as const;
  return [
    new Bptt(built, how),
    new Rtrl(built, how),
    new Snap(built, { n: 1, ...how }),
    ...(['bptt', 'rtrl'] as const).map(
      (algorithm) => new KernelEngine(built, { algorithm: asAlgorithm('algorithm', algorithm), ...how }),
    ),
  ];
};

/** What is read after a trial, between two numbers that no reading may touch. */
function readingOf(engine: Engine, what: Published, learn: boolean): readonly number[] {
  const reader = engine.reader(what);
  const into = new Float64Array(reader.length + 2).fill(7);
  engine.trial(trial, { learn, number: 1 });
  reader.read(into, 1);
  expect([into[0], into[into.length - 1]]).toEqual([7, 7]);
  return [...into.subarray(1, -1)];
}

const drawn = [...(built.feedback[0].synapses?.weights ?? [])];

describe('what is published is the same, whoever publishes it:', () => {
  const rules: readonly Published[] = [
    { synapses: 'feedback.error', value: 'weight' },
    { synapses: 'feedback.error', value: 'mean' },
    { synapses: 'input', value: 'p' },
    { neurons: 'h', value: 'signal' },
    { neurons: 'z', value: 'signal' },
  ];
  const activity: readonly Published[] = [
    ...['rate', 'slope', 'retention', 'potential'].map((value) => ({ neurons: 'h', value })),
    ...['rate', 'sent'].map((value) => ({ neurons: 'x', value })),
    { synapses: 'readout', value: 'weight' },
    { error: 'y' },
    { error: 'z' },
  ];

  it.each(rules)('where a circuit learns by its own rules, %o', (what) => {
    const [actors, kernels, ...symmetric] = [...locals('random'), ...locals('symmetric')].map((engine) =>
      readingOf(engine, what, true),
    );
    expect(symmetric[1]).toEqual(symmetric[0]);
    expect(kernels).toEqual(actors);
    expect(new Set(actors).size).toBe(actors.length);
    expect(actors).not.toEqual(drawn);
  });

  it.each(activity)('where nobody learns, %o', (what) => {
    const [first, ...others] = [...locals('random'), ...solvers()].map((engine) => readingOf(engine, what, false));
    for (const reading of others) expect(reading).toEqual(first);
    expect(first.some((value) => value !== 0)).toBe(true);
  });

  it('under a solver no one teaches the synapses of feedback: their weights stay', () => {
    expect(drawn).toHaveLength(6);
    for (const engine of solvers()) {
      expect(readingOf(engine, { synapses: 'feedback.error', value: 'weight' }, true)).toEqual(drawn);
    }
  });
});

describe('what is not published is refused in the same words by all:', () => {
  it.each<[Published, string]>([
    [{ error: 'h' }, "error: unknown output 'h'; expected 'z' or 'y'"],
    [
      { synapses: 'none', value: 'weight' },
      "synapses: unknown group 'none'; expected 'input', 'readout', 'other' or 'feedback.error'",
    ],
    [{ synapses: 'other', value: 'p' }, "synapses 'other': do not publish 'p'; expected 'weight'"],
    [{ neurons: 'w', value: 'rate' }, "neurons: unknown population 'w'; expected 'x', 'h', 'z' or 'y'"],
    [{ neurons: 'x', value: 'signal' }, "neurons 'x': do not publish 'signal'; expected 'rate' or 'sent'"],
    [{ neurons: 'x', value: 'potential' }, "neurons 'x': do not publish 'potential'; expected 'rate' or 'sent'"],
  ])('%o', (what, message) => {
    for (const engine of [...locals('random'), ...locals('symmetric'), ...solvers()]) {
      expect(refusal(() => engine.reader(what))).toBe(message);
    }
  });

  it('with what there is for who learns', () => {
    const mood = { neurons: 'h', value: 'sent' };
    const activity = "'rate', 'slope', 'retention'";
    for (const engine of locals('symmetric')) {
      expect(refusal(() => engine.reader(mood))).toBe(
        `neurons 'h': do not publish 'sent'; expected ${activity}, 'potential' or 'signal'`,
      );
      expect(refusal(() => engine.reader({ synapses: 'feedback.error', value: 'p' }))).toBe(
        "synapses 'feedback.error': do not publish 'p'; expected 'weight' or 'mean'",
      );
    }
    for (const engine of solvers()) {
      expect(refusal(() => engine.reader(mood))).toBe(
        `neurons 'h': do not publish 'sent'; expected ${activity} or 'potential'`,
      );
      expect(refusal(() => engine.reader({ neurons: 'h', value: 'signal' }))).toBe(
        `neurons 'h': do not publish 'signal' under a solver; expected ${activity} or 'potential'`,
      );
      for (const [synapses, value] of [
        ['input', 'p'],
        ['feedback.error', 'mean'],
      ]) {
        expect(refusal(() => engine.reader({ synapses, value }))).toBe(
          `synapses '${synapses}': do not publish '${value}' under a solver; expected 'weight'`,
        );
      }
    }
  });
});
