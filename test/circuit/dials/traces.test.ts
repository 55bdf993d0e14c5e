import { beforeAll, describe, expect, it } from 'vitest';
import { build, circuit, ruleOf, type Circuit, type Engine, type Traces } from '../../../src/circuit/index.ts';
import { loadKernels } from '../../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../../src/neurons/index.ts';
import { normal, stream } from '../../../src/random/index.ts';
import { localParts } from '../../../src/recording/index.ts';
import { delta, plasticityRule, rflo, type PlasticityRule } from '../../../src/rules/index.ts';
import { Bptt } from '../../../src/solvers/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import { bothEngines, byTrial, online } from '../../support/dialled.ts';

beforeAll(loadKernels);

const TAU = 4;

/** Inputs, recurrent neurons of time constant 4, an output; the recurrent synapses have the rule and the dials. */
const network = (rule: PlasticityRule, traces?: Traces): Circuit =>
  circuit({
    neurons: { x: input(2), h: leakyTanh(5, { tau: TAU, initial: 0.2 }), y: linear(1) },
    synapses: {
      in: { from: 'x', to: 'h', weights: normal() },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule, ...(traces !== undefined && { traces }) },
      out: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: 0.1 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });

const random = stream(3, 'signals');
const signal = (length: number) => Float64Array.from({ length }, () => 2 * random() - 1);
const trial: Trial = { timesteps: 12, input: signal(24), target: signal(12) };
const longer: Trial = { timesteps: 20, input: signal(40), target: signal(20) };

interface Moment {
  readonly trace: readonly number[];
  /** Of each recurrent synapse: its postsynaptic neuron's slope and retention, and the rate that it carried. */
  readonly slope: readonly number[];
  readonly retention: readonly number[];
  readonly rate: readonly number[];
}

/** What every recurrent synapse has and sees, at each timestep of a trial. */
function moments(engine: Engine, played: Trial = trial): readonly Moment[] {
  const read = (what: { neurons: string; value: string } | { synapses: string; value: string }) => {
    const reader = engine.reader(what);
    return () => {
      const values = new Float64Array(reader.length);
      reader.read(values, 0);
      return [...values];
    };
  };
  const trace = read({ synapses: 'recurrent', value: 'p' });
  const [slope, retention, rate] = ['slope', 'retention', 'rate'].map((value) => read({ neurons: 'h', value }));
  let before: readonly number[] = new Array<number>(5).fill(0.2);
  const seen: Moment[] = [];
  engine.trial(played, {
    onTimestep: () => {
      const each = (value: (post: number, pre: number) => number) =>
        Array.from({ length: 25 }, (_, k) => value(Math.floor(k / 5), k % 5));
      const [slopes, retentions, rates] = [slope(), retention(), before];
      seen.push({
        trace: trace(),
        slope: each((post) => slopes[post]),
        retention: each((post) => retentions[post]),
        rate: each((_, pre) => rates[pre]),
      });
      before = rate();
    },
  });
  return seen;
}

/** On both engines, which have the same bits. */
function onBoth(definition: Circuit, how = online, trials: readonly Trial[] = [trial]): readonly Moment[] {
  const [actors, kernels] = Object.values(bothEngines(definition, how)).map((engine) => {
    const seen = trials.flatMap((one) => moments(engine, one));
    return { seen, weights: engine.weights() };
  });
  expect(kernels).toEqual(actors);
  return actors.seen;
}

describe('a time constant of traces', () => {
  const own = plasticityRule({
    name: 'own-pace',
    params: { eta: 0.03, tau: 9 },
    state: { p: 0 },
    trace: ({ p, pre, post, tau }) => ({
      p: (1 - 1 / tau) * p + post.slope * (1 / tau / (1 - post.retention)) * pre.rate,
    }),
    change: ({ p, post, eta }) => eta * post.signal * p,
  });

  it('is what the rule with that time constant written into it computes', () => {
    expect(onBoth(network(rflo(), { timeConstant: 9 }))).toEqual(onBoth(network(own())));
  });

  it("makes RFLO follow phi'(u) h at its own pace", () => {
    for (const timeConstant of [1, 2.5, 9, 400]) {
      let p = new Array<number>(25).fill(0);
      for (const { trace, slope, rate } of onBoth(network(rflo(), { timeConstant }))) {
        // The slope is alpha phi'(u), alpha = 1/4.
        p = p.map((value, k) => (1 - 1 / timeConstant) * value + (slope[k] * TAU * rate[k]) / timeConstant);
        trace.forEach((value, k) => {
          expect(value).toBeCloseTo(p[k], 13);
        });
      }
    }
  });

  it("that is the neuron's own changes nothing but last digits", () => {
    const [plain, dialled] = [undefined, { timeConstant: TAU }].map((traces) => onBoth(network(rflo(), traces)));
    dialled.forEach(({ trace }, t) => {
      trace.forEach((value, k) => {
        expect(value).toBeCloseTo(plain[t].trace[k], 13);
      });
    });
  });
});

describe("traces: 'none'", () => {
  it('leave of RFLO what drives it in this timestep', () => {
    for (const { trace, slope, rate } of onBoth(network(rflo(), 'none'))) {
      expect(trace).toEqual(slope.map((value, k) => value * rate[k]));
    }
  });

  it('read the initial state wherever the rule reads its own', () => {
    const counting = plasticityRule({
      name: 'counting',
      params: {},
      state: { p: 3 },
      trace: ({ p }) => ({ p: p + 1 }),
      change: ({ p }) => 0 * p,
    });
    expect(new Set(onBoth(network(counting(), 'none')).flatMap(({ trace }) => trace))).toEqual(new Set([4]));
    expect(onBoth(network(counting())).at(-1)?.trace[0]).toBe(3 + trial.timesteps);
  });
});

describe('traces of b bits', () => {
  it.each([1, 2, 4, 10])('%d: are on their levels, at every timestep', (bits) => {
    const range = 0.05;
    const most = Math.max(1, 2 ** (bits - 1) - 1);
    const all = onBoth(network(rflo(), { bits, range })).flatMap(({ trace }) => trace);
    for (const p of all) {
      expect(Math.abs(p)).toBeLessThanOrEqual(range);
      expect(Math.abs((p / range) * most - Math.round((p / range) * most))).toBeLessThan(1e-9 * most);
    }
    expect(new Set(all).size).toBeGreaterThan(1);
  });

  it('take the nearest of them, from the trace that they were on before', () => {
    const [bits, range] = [4, 0.35]; // levels 0.05 apart
    let before = new Array<number>(25).fill(0);
    for (const { trace, slope, retention, rate } of onBoth(network(rflo(), { bits, range }))) {
      const wanted = before.map((p, k) => retention[k] * p + slope[k] * rate[k]);
      trace.forEach((p, k) => {
        const within = Math.max(-range, Math.min(range, wanted[k]));
        expect(Math.abs(p - within)).toBeLessThanOrEqual(0.025 + 1e-12);
      });
      before = [...trace];
    }
  });

  it('many enough come as near to traces without as one likes', () => {
    const [plain, fine] = [undefined, { bits: 24, range: 2 }].map((traces) => onBoth(network(rflo(), traces)));
    fine.forEach(({ trace }, t) => {
      trace.forEach((value, k) => {
        expect(value).toBeCloseTo(plain[t].trace[k], 5);
      });
    });
  });
});

describe('traces that are kept', () => {
  it.each([online, byTrial])('go on in the next trial where they were: %o', (how) => {
    for (const [traces, kept] of [
      [{ keep: true }, true],
      [{ keep: false }, false],
    ] as const) {
      const seen = onBoth(network(rflo({ eta: 0 }), traces), how, [trial, longer, trial]);
      for (const first of [12, 32]) {
        const { trace, slope, retention, rate } = seen[first];
        const before = kept ? seen[first - 1].trace : new Array<number>(25).fill(0);
        expect(trace).toEqual(before.map((p, k) => retention[k] * p + slope[k] * rate[k]));
        expect(Math.max(...before.map(Math.abs)) > 0).toBe(kept);
      }
    }
  });

  it('begin the first trial as the rule says, and are not moved by a trial without learning', () => {
    const started = plasticityRule({
      name: 'started',
      params: {},
      state: { p: 0.5 },
      trace: ({ p }) => ({ p: p * 2 }),
      change: ({ p }) => 0 * p,
    });
    for (const engine of Object.values(bothEngines(network(started(), { keep: true }), byTrial))) {
      expect([...engine.carried()['synapses.recurrent.p']]).toEqual(new Array(25).fill(0.5));
      engine.trial(trial, { learn: false });
      expect(engine.carried()['synapses.recurrent.p'][7]).toBe(0.5);
      engine.trial(trial);
      expect(engine.carried()['synapses.recurrent.p'][7]).toBe(0.5 * 2 ** 12);
    }
  });

  it('are all that is carried, and can be set on either engine', () => {
    const definition = network(rflo(), { keep: true });
    const [first, second] = [bothEngines(definition, online), bothEngines(definition, online)];
    for (const [from, to] of [
      [first.actors, second.kernels],
      [first.kernels, second.actors],
    ]) {
      from.trial(trial);
      to.setWeights(from.weights());
      to.setCarried(from.carried());
      expect(Object.keys(to.carried())).toEqual(['synapses.recurrent.p']);
      expect(to.trial(longer, { number: 2 })).toBe(from.trial(longer, { number: 2 }));
      expect([to.weights(), to.carried()]).toEqual([from.weights(), from.carried()]);
    }
    expect(bothEngines(network(rflo()), online).actors.carried()).toEqual({});
    expect(bothEngines(network(rflo()), online).kernels.carried()).toEqual({});
  });
});

describe('a rule whose traces are dialled', () => {
  it('keeps its name and parameters, and says in its formula what it does', () => {
    const definition = network(rflo({ eta: 0.7 }), { timeConstant: 20 });
    const rule = ruleOf(definition.synapses['recurrent']);
    expect(rule).toMatchObject({ name: 'rflo', params: { eta: 0.7 }, state: { p: 0 } });
    expect(definition.synapses['recurrent'].rule?.analysis).not.toBe(rule?.analysis);
    const texts = localParts(definition).flatMap((part) => (part.opaque ? [] : part.formulas.map(({ text }) => text)));
    expect(texts.find((text) => text.startsWith('p'))).toContain('0.95');
  });

  it('is no other where no dial is turned', () => {
    const rule = rflo();
    for (const traces of [{}, { bits: Infinity, range: 4 }, { keep: true }, { keep: false }]) {
      expect(ruleOf({ rule, traces })).toBe(rule);
    }
    expect(ruleOf({ rule })).toBe(rule);
    expect(ruleOf({})).toBeUndefined();
  });

  it('is nothing to BPTT, which has no traces', () => {
    const [plain, dialled] = [undefined, { timeConstant: 3, bits: 2, keep: true }].map((traces) => {
      const solver = new Bptt(build(network(rflo(), traces), 1), { schedule: 'trial', feedback: 'symmetric' });
      solver.trial(trial);
      return [solver.weights(), solver.carried()];
    });
    expect(dialled).toEqual(plain);
  });
});
