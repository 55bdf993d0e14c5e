import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import {
  build,
  circuit,
  clock,
  fromTask,
  marbles,
  type Circuit,
  type Engine,
  type Repeat,
} from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, neuromorphicCosts, noninterference } from '../../src/locality/index.ts';
import { input, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { uniform } from '../../src/random/index.ts';
import { identityOf } from '../../src/recording/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { delta, kolenPollack, kolenPollackFeedback, plasticityRule, rflo } from '../../src/rules/index.ts';
import { Bptt } from '../../src/solvers/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { scenario } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { Pair } from '../support/agreement.ts';

beforeAll(loadKernels);

type Repeated = Repeat<'x' | 'h' | 'y'>;

const options = { schedule: 'trial', feedback: 'random' } as const;

/** A recurrent circuit that settles, input by input. */
function settling(repeat?: Repeated, more: object = {}, rule: ReturnType<typeof rflo> = rflo()) {
  const recurrent = [
    [0.1, 0.3],
    [-0.2, 0.2],
  ];
  return circuit({
    neurons: { x: input(1), h: leakyTanh(2, { tau: 2 }), y: linear(1) },
    synapses: {
      heard: { from: 'x', to: 'h', weights: [[0.8], [-0.5]], delay: 0, rule },
      recurrent: { from: 'h', to: 'h', weights: recurrent, rule },
      readout: { from: 'h', to: 'y', weights: [[0.5, -0.4]], delay: 0, rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: [[1], [-1]] } },
    globals: { sweep: clock(({ sweep }) => sweep), reward: fromTask() },
    ...(repeat && { repeat }),
    ...more,
  });
}

const until = (moves: number, times = 100): Repeated => ({ times, until: { population: 'h', moves } });

const trial: Trial = { timesteps: 3, input: Float64Array.of(1, -0.5, -0.5), target: Float64Array.of(0.3, NaN, -0.2) };

/** The same as timesteps of their own: each input so many times, and something asked in the last alone. */
function drawnOut({ timesteps, input: x, target }: Trial, times: number): Trial {
  const each = (of: (t: number, sweep: number) => number) =>
    Float64Array.from({ length: timesteps * times }, (_, k) => of(Math.floor(k / times), k % times));
  return {
    timesteps: timesteps * times,
    input: each((t) => x[t]),
    target: each((t, sweep) => (sweep === times - 1 ? target[t] : NaN)),
  };
}

const ENGINES: readonly (readonly [string, (made: Circuit) => Engine])[] = [
  ['actors', (made) => new ActorEngine(build(made, 1), options)],
  ['kernels', (made) => new KernelEngine(build(made, 1), { ...options, algorithm: local() })],
  ['bptt', (made) => new Bptt(build(made, 1), options)],
];

/** What is published at the end of each timestep. */
function course(engine: Engine, what: { global: string } | { neurons: string; value: string }, played = trial) {
  const reader = engine.reader(what);
  const seen: number[][] = [];
  engine.trial(played, {
    learn: false,
    onTimestep: (t) => {
      expect(t).toBe(seen.length + 1);
      const values = new Float64Array(reader.length);
      reader.read(values, 0);
      seen.push([...values]);
    },
  });
  return seen;
}

describe.each(ENGINES)('a timestep that is run through several times, on %s', (_, open) => {
  it('is as many timesteps with the same input, of which the last is compared with the target', () => {
    const times = 4;
    const [one, other] = [open(settling({ times })), open(settling())];
    const loss = one.trial(trial);
    expect(loss).toBe(times * other.trial(drawnOut(trial, times), { pace: times }));
    expect(loss).toBeGreaterThan(0);
    expect(one.weights()).toEqual(other.weights());
  });

  it('ends when nothing moves any more, and shows what it has come to', () => {
    const made = settling(until(1e-3));
    const [[first], [second], [third]] = course(open(made), { global: 'sweep' });
    // The second has far to go; the third has the same input, and nothing to do.
    expect(first).toBeGreaterThan(5);
    expect(second).toBeGreaterThan(5);
    expect([first, second].map((sweep) => sweep < 99)).toEqual([true, true]);
    expect(third).toBe(1);
    const rates = course(open(made), { neurons: 'h', value: 'rate' });
    const settled = course(open(settling({ times: 100 })), { neurons: 'h', value: 'rate' });
    rates.flat().forEach((rate, k) => {
      expect(Math.abs(rate - settled.flat()[k])).toBeLessThan(5e-3);
    });
    // It could not have ended a sweep before.
    const earlier = course(open(settling({ times: first })), { neurons: 'h', value: 'rate' })[0];
    const before = course(open(settling({ times: first - 1 })), { neurons: 'h', value: 'rate' })[0];
    expect(Math.max(...earlier.map((rate, i) => Math.abs(rate - before[i])))).toBeGreaterThanOrEqual(1e-3);
  });

  it('ends when none of several numbers moves any more, whichever is the slowest', () => {
    const paced = neuron({
      name: 'paced',
      ports: { drive: 'quick' },
      state: { quick: 0, slow: 0 },
      step: ({ quick, slow, drive }) => ({ quick: 0.5 * quick + drive, slow: 0.9 * slow + drive }),
      sends: ({ quick }) => ({ out: quick }),
    });
    const sweeps = (value: 'quick' | 'slow' | readonly string[]) =>
      course(
        open(
          circuit({
            neurons: { x: input(1), h: paced(3), y: linear(1) },
            synapses: {
              xh: { from: 'x', to: 'h', weights: [[1], [0.5], [-2]], delay: 0 },
              hy: { from: 'h', to: 'y', weights: [[1, 1, 1]], delay: 0 },
            },
            outputs: ['y'],
            globals: { sweep: clock(({ sweep }) => sweep) },
            repeat: { times: 500, until: { population: 'h', value, moves: 1e-6 } },
          }),
        ),
        { global: 'sweep' },
        { timesteps: 2, input: Float64Array.of(1, -3), target: Float64Array.of(0, 0) },
      ).flat();
    const [quick, slow] = [sweeps('quick'), sweeps('slow')];
    quick.forEach((sweep, t) => {
      expect(slow[t]).toBeGreaterThan(sweep + 20);
    });
    expect(sweeps(['quick', 'slow'])).toEqual(slow);
    expect(sweeps(['slow', 'quick'])).toEqual(slow);
    expect(sweeps(['quick'])).toEqual(quick);
  });

  it('is answered once, when the outputs are known', () => {
    const asked: number[] = [];
    const answer = ({ t }: { readonly t: number }) => {
      asked.push(t);
      return { reward: 10 * t, input: [0.1 * t] };
    };
    const seen = course(open(settling({ times: 5 })), { global: 'reward' }, { ...trial, answer });
    expect(asked).toEqual([1, 2, 3]);
    expect(seen).toEqual([[10], [20], [30]]);
  });

  it('fails in the timestep that the task knows', () => {
    const wild = leakyTanh(2, { tau: 1 });
    const made = settling({ times: 3 }, { neurons: { x: input(1), h: wild, y: linear(1) } });
    const failing = { ...trial, answer: ({ t }: { readonly t: number }) => ({ reward: t === 2 ? NaN : 0 }) };
    expect(() => open(made).trial(failing)).toThrow(expect.objectContaining({ timestep: 2 }));
  });
});

describe('clocks', () => {
  it('know sweeps, and the last of them where it can be known', () => {
    const globals = {
      opened: clock(({ t, count, sweep, last }) => 1000 * t + 100 * count + 10 * sweep + last),
      reward: fromTask(),
    };
    const opened = (repeat?: Repeated) => course(ENGINES[0][1](settling(repeat, { globals })), { global: 'opened' });
    expect(opened({ times: 3 })).toEqual([[1121], [2221], [3321]]);
    expect(opened()).toEqual([[1101], [2201], [3301]]);
    const pair = new Pair(build(settling({ times: 3 }, { globals }), 1), options);
    pair.watchedTrial(trial);
  });
});

it('groups that learn at once when errors are known, optimisers, and relearned feedback have the same bits on both engines', () => {
  const rule = rflo();
  const synapses = {
    xh: { from: 'x', to: 'h', weights: [[0.8], [-0.5]], delay: 0, rule, learns: 'at once', optimiser: adam({ eta: 0.01 }) },
    hh: { from: 'h', to: 'h', weights: uniform(-0.4, 0.4), rule, bounds: [-1, 1], bits: 6 },
    hy: { from: 'h', to: 'y', weights: [[0.5, -0.4]], delay: 0, rule: kolenPollack() },
  } as const; // prettier-ignore
  const feedback = { error: { from: 'y', to: 'h', weights: [[1], [-1]], rule: kolenPollackFeedback() } };
  for (const repeat of [{ times: 3 }, until(0.05, 6)]) {
    for (const schedule of ['trial', 'online'] as const) {
      const pair = new Pair(build(settling(repeat, { synapses, feedback }), 1), { schedule, feedback: 'random' });
      const [first, second] = [pair.watchedTrial(trial), pair.watchedTrial(trial)];
      expect(first).not.toBe(second);
    }
  }
});

describe('a sample does not end before its input can have arrived', () => {
  it('however far away the population is', () => {
    const far = circuit({
      neurons: { x: input(1), h: linear(1), v: linear(1) },
      synapses: {
        xh: { from: 'x', to: 'h', weights: [[1]], delay: 2 },
        hv: { from: 'h', to: 'v', weights: [[1]], delay: 1 },
      },
      repeat: { times: 50, until: { population: 'v', moves: 1e-9 } },
    });
    for (const [, open] of ENGINES) {
      const seen = course(open(far), { neurons: 'v', value: 'rate' });
      expect(seen).toEqual([[1], [-0.5], [-0.5]]);
    }
  });
});

describe('a circuit that repeats refuses', () => {
  it.each<[string, unknown]>([
    ['repeat', 5],
    ['repeat.often', { times: 2, often: 1 }],
    ['repeat.times', {}],
    ['repeat.times', { times: 0 }],
    ['repeat.times', { times: 1.5 }],
    ['repeat.times', { times: 1e7 }],
    ['repeat.until', { times: 2, until: 3 }],
    ['repeat.until.population', { times: 2, until: { population: 'v', moves: 1 } }],
    ['repeat.until.population', { times: 2, until: { population: 'x', moves: 1 } }],
    ['repeat.until.value', { times: 2, until: { population: 'h', value: 'burst', moves: 1 } }],
    ['repeat.until.value', { times: 2, until: { population: 'h', value: [], moves: 1 } }],
    ['repeat.until.value', { times: 2, until: { population: 'h', value: 3, moves: 1 } }],
    ['repeat.until.value[1]', { times: 2, until: { population: 'h', value: ['rate', 'burst'], moves: 1 } }],
    ['repeat.until.moves', { times: 2, until: { population: 'h', moves: 0 } }],
    ['repeat.until.moves', { times: 2, until: { population: 'h', moves: NaN } }],
    ['repeat.until.moves', { times: 2, until: { population: 'h', moves: '1' } }],
    ['repeat.until.ends', { times: 2, until: { population: 'h', moves: 1, ends: 1 } }],
  ])('%s where it is %o', (place, repeat) => {
    expect(refusal(() => settling(repeat as Repeated))).toContain(`${place}: `);
  });

  it('errors that arrive late, and what has to know before which sweep is the last', () => {
    const late = { error: { from: 'y', to: 'h', weights: [[1], [-1]], broadcast: { delay: 1 } } };
    expect(refusal(() => settling({ times: 2 }, { feedback: late }))).toContain('feedback.error.broadcast.delay');
    const globals = { end: clock(({ last }) => last) };
    expect(refusal(() => settling(until(1), { globals }))).toContain('globals.end');
    const synapses = {
      xh: { from: 'x', to: 'h', weights: [[1], [1]], rule: hebb(), learns: 'at once' },
      hy: { from: 'h', to: 'y', weights: [[1, 1]] },
    } as const;
    expect(refusal(() => settling(until(1), { synapses }))).toContain('synapses.xh.learns');
    expect(() => settling({ times: 2 }, { synapses, globals })).not.toThrow();
  });
});

/** The circuit of the guide. */
function fixedPoints(repeat: Repeat<'x' | 'r' | 'y'>) {
  return circuit({
    neurons: { x: input(2), r: leakyTanh(20, { tau: 3 }), y: linear(1) },
    synapses: {
      shown: { from: 'x', to: 'r', weights: uniform(-1, 1), delay: 0 },
      recurrent: { from: 'r', to: 'r', weights: uniform(-1, 1), rule: rflo() },
      readout: { from: 'r', to: 'y', weights: uniform(-1, 1), delay: 0, rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'r', weights: uniform(-1, 1) } },
    repeat,
  });
}

const hebb = plasticityRule({
  name: 'hebb',
  params: { eta: 0.01 },
  change: ({ pre, post, eta }) => eta * pre.out * post.out,
});

describe('what is said of a circuit that repeats', () => {
  it('in marbles', () => {
    const lines = marbles(build(settling(until(0.01, 20)), 1)).split('\n');
    expect(lines[0]).toBe('each timestep: up to 20 sweeps, until no h.rate has moved by 0.01 or more');
    expect(lines.filter((line) => line.includes('in the last sweep: ')).map((line) => line.split(' ')[0])).toEqual([
      ...['compare', 'broadcast', 'learn', 'apply'],
    ]);
    expect(marbles(build(settling({ times: 3 }), 1))).toContain('each timestep: 3 sweeps\n');
    const page = readFileSync('docs/guide.md', 'utf8');
    const [diagram = ''] = /^ {4}each timestep: .*\n(?: {4}\S.* -*o-* .*\n)+/m.exec(page) ?? [];
    const of = fixedPoints({ times: 200, until: { population: 'r', moves: 1e-4 } });
    expect(diagram.replace(/^ {4}/gm, '').trimEnd()).toBe(marbles(build(of, 1)));
    expect(marbles(build(settling(), 1))).not.toContain('in the last sweep');
  });

  it('in its certificate: a global signal opens learning, and where it settles somebody has to notice', () => {
    const certified = (repeat?: Repeated) =>
      certifyLearner(build(settling(repeat), 1), { name: 'mine', algorithm: 'local', feedback: 'random' });
    const needs = (repeat?: Repeated) =>
      certified(repeat).synapses.map((one) => one.needs.filter((need) => need.class === 'three-factor, global scalar'));
    expect(needs().flat()).toEqual([]);
    expect(needs({ times: 1 }).flat()).toEqual([]);
    const settled = certified(until(0.01, 20));
    expect(settled.synapses.at(-1)).toMatchObject({ group: 'readout', class: 'three-factor, global scalar' });
    for (const [need] of needs(until(0.01, 20))) expect(need.what).toContain("no neuron of 'h'");
    for (const [need] of needs({ times: 20 })) expect(need.what).toContain('a clock that counts 20 sweeps');
    for (const { notes } of settled.synapses) expect(notes.join()).toContain('up to 20 times');
  });

  it('in the ledger: all is done in every sweep, but for the change', () => {
    const dense = (repeat?: Repeated) => neuromorphicCosts(settling(repeat), task, options).synapticOperations.dense;
    expect(dense({ times: 7 })).toBe(7 * dense());
  });

  it('in what a run is: it is resumed with the same repetition alone', () => {
    const identity = (repeat?: Repeated) =>
      identityOf(
        scenario({
          title: 'Settling',
          circuit: () => settling(repeat),
          task: () => task,
          trials: 1,
          compare: ['rflo'],
        }).plan(),
      )['circuit'];
    const all = [undefined, { times: 2 }, { times: 3 }, until(0.1, 3), until(0.2, 3)].map(identity);
    expect(new Set(all).size).toBe(all.length);
    expect(identity({ times: 3 })).toBe(all[2]);
  });
});

const task: Task = { name: 'settle', inputs: 1, outputs: 1, settings: {}, trial: () => trial };

describe('a local circuit that repeats', () => {
  const cases = [['times', { times: 3 }] as const, ['until', until(0.05, 6)] as const];
  it.each(
    cases.flatMap(([name, repeat]) =>
      ENGINES.slice(0, 2).map(([engine, open]) => [name, engine, repeat, open] as const),
    ),
  )('learns from nothing but what its synapses are entitled to: %s, on %s', (_name, _engine, repeat, open) => {
    const { counterexample, updates } = noninterference(open(settling(repeat)), trial, { updates: 30 });
    expect(counterexample?.message).toBeUndefined();
    expect(updates).toBe(30);
  });

  it('is caught where a rule tells others between the sweeps that are learned from', () => {
    const cheat = () => {
      let told = 0;
      return plasticityRule({
        name: 'rflo',
        params: { eta: 0.03 },
        state: { p: 0 },
        opaque: true,
        trace: ({ p, pre, w }) => {
          const heard = told;
          told = w;
          return { p: 0.5 * p + pre.out + heard };
        },
        change: ({ p, post, eta }) => eta * post.signal * p,
      })();
    };
    for (const [, repeat] of cases) {
      const made = settling(repeat, {}, cheat());
      const { counterexample } = noninterference(new ActorEngine(build(made, 1), options), trial, { updates: 30 });
      expect(counterexample?.message).toContain('changed when');
    }
  });
});
