import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../../src/actors/index.ts';
import { local } from '../../../src/algorithms/index.ts';
import {
  build,
  circuit,
  type Axon,
  type Circuit,
  type Engine,
  type LearningOptions,
} from '../../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../../src/neurons/index.ts';
import { constant, normal } from '../../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../../src/rules/index.ts';
import { Bptt, Rtrl, Snap, bptt, rtrl } from '../../../src/solvers/index.ts';
import { observe } from '../../../src/training/index.ts';
import { refusal } from '../../refusal.ts';
import { bothEngines, byTrial, changed, online, played, watch } from '../../support/dialled.ts';
import { cook, type Recipe } from '../../support/random-circuit.ts';

beforeAll(loadKernels);

/** y is what x sends. */
const relay = (axon: Axon, size = 1): Circuit =>
  circuit({
    neurons: { x: input(size), y: linear(size) },
    synapses: {
      copy: {
        from: 'x',
        to: 'y',
        weights: Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => Number(i === j))),
      },
    },
    axons: { x: axon },
  });

/** What arrives at y, at each timestep, on both engines, which must be the same. */
function arriving(axon: Axon, rates: readonly number[]): readonly number[] {
  const trial = played(rates, rates.length);
  const [actors, kernels] = Object.values(bothEngines(relay(axon), online)).map((engine) => {
    const rate = watch(engine, trial, { neurons: 'x', value: 'rate' }).flat();
    expect(rate).toEqual(rates); // the rate itself stays as it is
    return watch(engine, trial, { neurons: 'y', value: 'rate' }).flat();
  });
  expect(kernels).toEqual(actors);
  return actors;
}

describe('a threshold', () => {
  it('keeps an axon silent until what it would send has moved by more', () => {
    expect(arriving({ threshold: 0.25 }, [0.125, 0.25, 0.5, 0.625, 0.75, 0.875, 0.125])).toEqual([
      0, 0, 0.5, 0.5, 0.5, 0.875, 0.125,
    ]);
  });

  it('that is infinite lets nothing pass after the initial rate', () => {
    expect(arriving({ threshold: Infinity }, [1, -5, 100])).toEqual([0, 0, 0]);
    const definition = circuit({
      neurons: { h: leakyTanh(2, { tau: 2, initial: [0.3, -0.2] }), y: linear(2) },
      synapses: {
        out: {
          from: 'h',
          to: 'y',
          weights: [
            [1, 0],
            [0, 1],
          ],
        },
      },
      axons: { h: { threshold: Infinity } },
    });
    for (const engine of Object.values(bothEngines(definition, online))) {
      const trial = played([], 3, 2);
      expect(watch(engine, trial, { neurons: 'y', value: 'rate' })).toEqual([
        [0.3, -0.2],
        [0.3, -0.2],
        [0.3, -0.2],
      ]);
      expect(watch(engine, trial, { neurons: 'h', value: 'rate' })).toEqual([
        [0.15, -0.1],
        [0.075, -0.05],
        [0.0375, -0.025],
      ]);
    }
  });

  it('sends less the higher it is', () => {
    const rates = Array.from({ length: 200 }, (_, t) => Math.sin(t / 7));
    const events = [0, 0.05, 0.2, 0.8, 3].map((threshold) => {
      const sent = arriving({ threshold }, rates);
      return sent.filter((value, t) => value !== (t === 0 ? 0 : sent[t - 1])).length;
    });
    expect(events).toEqual([...events].sort((a, b) => b - a));
    expect(new Set(events).size).toBe(events.length);
    expect(events.at(-1)).toBe(0);
  });
});

describe('bits', () => {
  it('put what is sent on the nearest of their levels', () => {
    expect(arriving({ bits: 3, range: 0.75 }, [0.1, 0.2, -0.3, 0.6, 0.7, -9])).toEqual([
      0, 0.25, -0.25, 0.5, 0.75, -0.75,
    ]);
    expect(arriving({ bits: 1 }, [0.1, -0.001, 0, 7])).toEqual([1, -1, 0, 1]);
  });

  it('leave the initial rate as it is', () => {
    const definition = circuit({
      neurons: { h: leakyTanh(1, { tau: 2, initial: 0.3 }), y: linear(1) },
      synapses: { late: { from: 'h', to: 'y', weights: constant(1), delay: 2 } },
      axons: { h: { bits: 1, range: 0.5 } },
    });
    for (const engine of Object.values(bothEngines(definition, online))) {
      expect(watch(engine, played([], 4), { neurons: 'y', value: 'rate' }).flat()).toEqual([0.3, 0.3, 0.5, 0.5]);
    }
  });
});

describe('noise', () => {
  const [size, timesteps] = [50, 200];
  const definition = relay({ noise: 0.3 }, size);
  const sent = (how: { readonly seed?: number; readonly number?: number } = {}) => {
    const { actors, kernels } = bothEngines(definition, online, how.seed ?? 1);
    const seen = [actors, kernels].map((engine) => {
      if (how.number !== undefined)
        engine.trial(played(new Array<number>(size).fill(0), 1, size), { number: how.number - 1 });
      return watch(engine, played(new Array<number>(size * timesteps).fill(2), timesteps, size), {
        neurons: 'x',
        value: 'sent',
      });
    });
    expect(seen[1]).toEqual(seen[0]);
    return seen[0];
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('is added to what is sent, with mean 0 and its standard deviation, for each neuron and timestep its own', () => {
    const added = sent().map((row) => row.map((value) => (value - 2) / 0.3));
    const all = added.flat();
    const error = 5 / Math.sqrt(all.length);
    expect(Math.abs(mean(all))).toBeLessThan(error);
    expect(Math.abs(mean(all.map((x) => x * x)) - 1)).toBeLessThan(error * Math.sqrt(2));
    const after = added.slice(1).flatMap((row, t) => row.map((x, i) => x * added[t][i]));
    const beside = added.flatMap((row) => row.slice(1).map((x, i) => x * row[i]));
    expect(Math.abs(mean(after))).toBeLessThan(error * 1.1);
    expect(Math.abs(mean(beside))).toBeLessThan(error * 1.1);
    expect(new Set(all).size).toBeGreaterThan(all.length - 5);
  });

  it('depends on the seed and the number of the trial, and on nothing else', () => {
    expect(sent()).toEqual(sent());
    expect(sent({ seed: 2 })).not.toEqual(sent());
    expect(sent({ number: 5 })).not.toEqual(sent());
    expect(sent({ number: 5 })).toEqual(sent({ number: 5 }));
  });

  it('is the same whenever a circuit is observed, however many trials it has done', () => {
    for (const engine of Object.values(bothEngines(definition, online))) {
      const trial = played(new Array<number>(size * 3).fill(0), 3, size);
      const first = observe(engine, trial);
      engine.trial(trial);
      engine.trial(trial, { number: 9 });
      expect(observe(engine, trial)).toEqual(first);
      expect(new Set(first.get('y')).size).toBeGreaterThan(size);
    }
  });

  it('in float32 is what it is in float64, as far as float32 goes', () => {
    const kernels = (precision: 'f64' | 'f32') =>
      new KernelEngine(build(relay({ noise: 0.3, threshold: 0.1, bits: 12, range: 5 }, size), 1), {
        algorithm: local(),
        precision,
        ...online,
      });
    const trial = played(new Array<number>(size * 20).fill(2), 20, size);
    const [double, single] = [kernels('f64'), kernels('f32')].map((engine) =>
      watch(engine, trial, { neurons: 'x', value: 'sent' }).flat(),
    );
    const far = double.filter((value, k) => Math.abs(value - single[k]) > 0.01);
    expect(far.length).toBeLessThan(double.length / 100); // a threshold may fall the other way
    expect(new Set(single).size).toBeGreaterThan(100);
  });
});

describe('a delay', () => {
  it('of an axon is that much more of every group that leaves it', () => {
    for (const seed of [1, 2, 3]) {
      const recipe = { ...SAMPLE, seed };
      const { circuit: plain, trial } = cook(recipe);
      const onAxon = changed(plain, { axons: { h0: { delay: 2 } } });
      const onGroups = changed(plain, {
        synapses: Object.fromEntries(
          Object.entries(plain.synapses).map(([name, group]) => [
            name,
            { ...group, delay: Number(group.delay) + (group.from === 'h0' ? 2 : 0) },
          ]),
        ),
      });
      expect(Object.values(onAxon.synapses).map(({ delay }) => delay)).toEqual(
        Object.values(plain.synapses).map(({ delay }) => delay),
      );
      const [one, other, without] = [onAxon, onGroups, plain].map((definition) =>
        Object.values(bothEngines(definition, byTrial, seed)).map((engine) => [engine.trial(trial), engine.weights()]),
      );
      expect(one).toEqual(other);
      expect(one).not.toEqual(without);
    }
  });

  it('opens a loop that would have none', () => {
    const loop = (axons: { readonly h?: Axon }) => () =>
      circuit({
        neurons: { h: leakyTanh(2), y: linear(1) },
        synapses: {
          within: { from: 'h', to: 'h', weights: normal(), delay: 0 },
          out: { from: 'h', to: 'y', weights: normal() },
        },
        axons,
      });
    expect(refusal(loop({}))).toContain("a loop without delay through 'within' (h to h)");
    expect(loop({ h: { delay: 1 } })().order).toEqual(['h', 'y']);
  });

  it("as well as Dale's law are no hindrance to exact gradients", () => {
    const { circuit: plain, trial } = cook(SAMPLE);
    const built = build(changed(plain, { axons: { h0: { delay: 1, excitatory: 0.5 } } }), 1);
    const [bptt, rtrl] = [Bptt, Rtrl].map((Reference) => {
      const solver = new Reference(built, { schedule: 'trial', feedback: 'symmetric' });
      solver.trial(trial);
      return Object.values(solver.weights()).flatMap((weights) => [...weights]);
    });
    bptt.forEach((w, k) => {
      expect(w).toBeCloseTo(rtrl[k], 12);
    });
  });
});

describe('what was sent', () => {
  it('is what rules see as pre.rate, and post.rate is not', () => {
    const seen = plasticityRule({ name: 'seen', params: {}, change: ({ pre, post }) => pre.rate + 100 * post.rate });
    const definition = circuit({
      neurons: { x: input(1), h: linear(1), y: linear(1) },
      synapses: {
        in: { from: 'x', to: 'h', weights: constant(1) },
        out: { from: 'h', to: 'y', weights: constant(0), rule: seen() },
        back: { from: 'h', to: 'h', weights: constant(0), rule: seen() },
      },
      axons: { h: { bits: 2 } },
    });
    for (const engine of Object.values(bothEngines(definition, byTrial))) {
      engine.trial(played([0.6, 0.3, -0.75, -2], 4));
      // Sent are 1, 0, -1, -1. Out: as h sends it, and y = 0. Back: a timestep late, and h as it is.
      expect(engine.weights()['out'][0]).toBe((1 + 0 - 1 - 1) / 4);
      expect(engine.weights()['back'][0]).toBeCloseTo((0 + 1 + 0 - 1 + 100 * (0.6 + 0.3 - 0.75 - 2)) / 4, 12);
    }
  });

  it('of an output bears on no error', () => {
    const { circuit: plain, trial } = cook(SAMPLE);
    const noisy = changed(plain, { axons: { y0: { noise: 5, bits: 1 } } });
    const [quiet, loud] = [plain, noisy].map((definition) =>
      Object.values(bothEngines(definition, online)).map((engine) => [engine.trial(trial), engine.weights()]),
    );
    expect(loud).toEqual(quiet);
  });

  it('is published where it is not the rate, and by actors on their axon ports', () => {
    const { actors, kernels } = bothEngines(relay({ bits: 1 }), online);
    for (const engine of [actors, kernels]) {
      expect(watch(engine, played([0.2, -3], 2), { neurons: 'x', value: 'sent' }).flat()).toEqual([1, -1]);
      expect(() => engine.reader({ neurons: 'y', value: 'sent' })).toThrow("neurons 'y': do not publish 'sent'");
    }
    const engine = new ActorEngine(build(relay({ bits: 1 }), 1), online);
    const tapped: number[] = [];
    engine.source('x', 0).axon$.subscribe((value) => tapped.push(value));
    engine.trial(played([0.2, -3], 2));
    expect(tapped).toEqual([1, -1]);
  });
});

describe('a global reference', () => {
  const how: LearningOptions = { schedule: 'trial', feedback: 'symmetric' };
  const learning = (axons: Readonly<Record<string, Axon>>) =>
    build(
      circuit({
        neurons: { x: input(1), h: leakyTanh(3, { tau: 2, initial: 0.1 }), y: linear(1) },
        synapses: {
          in: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 1 }) },
          h: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: rflo({ eta: 1 }) },
          out: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 1 }) },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
        axons,
      }),
      1,
    );

  it.each([
    ['threshold', { threshold: 0.1 }],
    ['bits', { bits: 8, noise: 0.01 }],
  ] as const)('refuses a %s on neurons that it would go back through', (dial, axon) => {
    for (const [name, open] of [
      ['bptt', () => new Bptt(learning({ h: axon }), how)],
      ['rtrl', () => new Rtrl(learning({ h: axon }), how)],
      ['snap-2', () => new Snap(learning({ h: axon }), { n: 2, ...byTrial })],
      ['bptt', () => new KernelEngine(learning({ h: axon }), { algorithm: bptt(), ...how })],
      ['rtrl', () => new KernelEngine(learning({ h: axon }), { algorithm: rtrl(), ...how })],
    ] as const) {
      expect(refusal(open)).toContain(`axons.h.${dial}: makes what is sent jump`);
      expect(refusal(open)).toContain(name);
    }
  });

  it.each([bptt(), rtrl()])(
    'runs through noise, which it holds fixed, with the same bits on kernels: $name',
    (algorithm) => {
      const built = learning({ h: { noise: 0.3, delay: 1 } });
      const trial = {
        timesteps: 7,
        input: Float64Array.from({ length: 7 }, (_, t) => Math.sin(t)),
        target: new Float64Array(7).fill(1),
      };
      const [plain, kernels] = [
        algorithm.open(built, { ...how, seed: 1 }),
        new KernelEngine(built, { algorithm, ...how }),
      ];
      const start = plain.weights();
      for (const engine of [plain, kernels]) engine.trial(trial, { number: 3 });
      expect(kernels.weights()).toEqual(plain.weights());
      const change = plain.weights()['h'][0] - start['h'][0];
      const at = (away: number) => {
        plain.setWeights({ ...start, h: start['h'].with(0, start['h'][0] + away) });
        return plain.trial(trial, { number: 3, learn: false });
      };
      expect(Math.abs(change + (at(1e-5) - at(-1e-5)) / 2e-5)).toBeLessThan(1e-8);
    },
  );

  it('learns from what inputs send as if that were the input', () => {
    const rates = [0.1, 0.9, 0.3, -0.6, -0.7, 0.2];
    const target = [1, 0, -1, 0.5, 1, 0];
    const sent = arriving({ threshold: 0.25, bits: 4 }, rates);
    expect(sent).not.toEqual(rates);
    const makers: readonly ((axons: Readonly<Record<string, Axon>>) => Engine)[] = [
      (axons) => new Bptt(learning(axons), how),
      (axons) => new Rtrl(learning(axons), how),
      (axons) => new Snap(learning(axons), { n: 1, ...byTrial }),
      (axons) => new KernelEngine(learning(axons), { algorithm: bptt(), ...how }),
      (axons) => new KernelEngine(learning(axons), { algorithm: rtrl(), ...how }),
    ];
    for (const make of makers) {
      const [dialled, given] = [make({ x: { threshold: 0.25, bits: 4 } }), make({})];
      const before = dialled.weights();
      expect(dialled.trial(played(rates, 6, target))).toBe(given.trial(played(sent, 6, target)));
      expect(dialled.weights()).toEqual(given.weights());
      expect(dialled.weights()['in']).not.toEqual(before['in']);
      expect(watch(dialled, played(rates, 6, target), { neurons: 'x', value: 'sent' }, false).flat()).toEqual(sent);
    }
  });
});

/** Inputs, hidden neurons that also hear each other, and outputs. */
const SAMPLE: Recipe = {
  ...{ inputs: [2], inputAxons: ['free'], backwards: false, timesteps: 6, seed: 1 },
  feedback: [{ from: 0, to: 0, weights: 'free', broadcast: 'plain', shares: false }],
  hidden: [{ model: 'tanh', size: 4, initial: 0.3, excitatory: null, axon: 'free' }],
  outputs: [{ model: 'linear', size: 2, initial: 0, excitatory: null, axon: 'free' }],
  groups: [{ from: 1, to: 0, delay: 1, joins: 'all', rule: 'rflo', rate: 1, held: 'free', traces: 'free', gate: null }],
};
