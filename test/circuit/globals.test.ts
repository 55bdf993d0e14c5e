import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, clock, fromTask, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { floor } from '../../src/local/index.ts';
import { input, leakyTanh, linear, neuron } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { Bptt } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { refusal } from '../refusal.ts';
import { Pair } from '../support/agreement.ts';
import { rewarded } from '../support/scalars.ts';

beforeAll(loadKernels);

const options = { schedule: 'trial', feedback: 'random' } as const;
const ENGINES: readonly (readonly [string, (built: BuiltCircuit) => Engine])[] = [
  ['actors', (built) => new ActorEngine(built, options)],
  ['kernels', (built) => new KernelEngine(built, { algorithm: local(), ...options })],
  ['bptt', (built) => new Bptt(built, { schedule: 'trial', feedback: 'symmetric' })],
];

/** What a global scalar is at every timestep of a trial. */
function course(engine: Engine, trial: Trial, name: string): number[] {
  const reader = engine.reader({ global: name });
  const [seen, value] = [[] as number[], new Float64Array(1)];
  engine.trial(trial, {
    onTimestep: () => {
      reader.read(value, 0);
      seen.push(value[0]);
    },
  });
  return seen;
}

const silent = (timesteps: number, inputs = 1): Trial => ({
  timesteps,
  input: Float64Array.from({ length: timesteps * inputs }, (_, k) => k + 1),
  target: new Float64Array(timesteps),
});

describe.each(ENGINES)('global scalars on %s', (_, open) => {
  const definition = circuit({
    neurons: { x: input(1), y: linear(1) },
    synapses: { xy: { from: 'x', to: 'y', weights: constant(1) } },
    globals: {
      t: clock(({ t }) => t),
      count: clock(({ count }) => count),
      hold: clock(({ count }) => (count - 4 * floor(count / 4) < 2 ? 1 : 0)),
      x: { from: 'x' },
      y: { from: 'y', neuron: 0 },
      reward: fromTask({ start: 0.25 }),
    },
    outputs: ['y'],
  });

  it('follow the time, what a neuron sent a timestep before, and what the task has answered', () => {
    const engine = open(build(definition, 1));
    const trial = silent(3);
    expect(course(engine, trial, 't')).toEqual([1, 2, 3]);
    expect(course(engine, trial, 'count')).toEqual([4, 5, 6]);
    expect(course(engine, trial, 'hold')).toEqual([0, 1, 1]);
    expect(course(engine, trial, 'x')).toEqual([0, 1, 2]);
    expect(course(engine, trial, 'y')).toEqual([0, 1, 2]);
    expect(course(engine, trial, 'reward')).toEqual([0.25, 0.25, 0.25]);
    expect(engine.carried()).toEqual({ 'session.timesteps': Float64Array.of(18) });
  });

  it('count on where a session is resumed', () => {
    const [first, second] = [open(build(definition, 1)), open(build(definition, 1))];
    first.trial(silent(5));
    second.setCarried(first.carried());
    expect(course(second, silent(2), 'count')).toEqual([6, 7]);
  });

  it('put nothing in order: a neuron may read its own message', () => {
    const integrator = neuron({
      name: 'integrator',
      ports: { u: null },
      state: { v: 0 },
      globals: ['mine', 'phase'],
      step: ({ u, global }) => ({ v: global.mine + global.phase * u }),
      sends: ({ v }) => ({ out: v }),
    });
    const loop = circuit({
      neurons: { x: input(1), v: integrator(1) },
      synapses: { in: { from: 'x', to: 'v', weights: constant(1) } },
      globals: { mine: { from: 'v' }, phase: clock(({ t }) => (t > 1 ? 1 : 0)) },
      outputs: ['v'],
    });
    const built = build(loop, 1);
    const engine = open(built);
    engine.trial(silent(4));
    const v = new Float64Array(1);
    engine.reader({ neurons: 'v', value: 'v' }).read(v, 0);
    expect(v[0]).toBe(2 + 3 + 4);
  });
});

describe('a rule that reads global scalars', () => {
  /** Reward-modulated Hebbian learning in a phase. */
  const hebb = plasticityRule({
    name: 'modulated-hebb',
    params: { eta: 0.5 },
    globals: ['phase', 'critic'],
    state: { e: 0 },
    trace: ({ e, pre, post }) => ({ e: 0.5 * e + pre.rate * post.rate }),
    change: ({ e, global, eta }) => eta * global.phase * (1 - global.critic) * e,
  });
  const definition = circuit({
    neurons: { x: input(2), y: linear(1) },
    synapses: { xy: { from: 'x', to: 'y', weights: [[0.5, -0.25]], rule: hebb() } },
    globals: { phase: clock(({ t }) => (t === 2 ? 0 : t)), critic: { from: 'x', neuron: 1 } },
  });

  it.each(ENGINES.slice(0, 2))('learns as worked out in plain numbers, on %s', (_, open) => {
    const engine = open(build(definition, 1));
    const x = [
      [1, 0.5],
      [-0.5, 0.25],
      [2, -1],
    ];
    engine.trial({ timesteps: 3, input: Float64Array.from(x.flat()), target: new Float64Array(3) });
    const e = [0, 0];
    const asked = [0, 0];
    let critic = 0;
    x.forEach(([a, b], k) => {
      const y = 0.5 * a - 0.25 * b;
      const phase = k === 1 ? 0 : k + 1;
      [a, b].forEach((pre, j) => {
        e[j] = 0.5 * e[j] + pre * y;
        asked[j] += 0.5 * phase * (1 - critic) * e[j];
      });
      critic = b;
    });
    const [w0, w1] = engine.weights()['xy'];
    expect(w0).toBeCloseTo(0.5 + asked[0] / 3, 14);
    expect(w1).toBeCloseTo(-0.25 + asked[1] / 3, 14);
  });

  it('may be opaque, and is then given the scalars that it names', () => {
    const opaque = plasticityRule({
      name: 'opaque',
      params: {},
      globals: ['critic'],
      opaque: true,
      change: ({ global }) => Object.keys(global).length + Math.abs(global.critic),
    });
    const engine = new ActorEngine(
      build(
        circuit({
          neurons: { x: input(2), y: linear(1) },
          synapses: { xy: { from: 'x', to: 'y', weights: constant(0), rule: opaque() } },
          globals: { critic: { from: 'x' }, other: clock(({ t }) => t) },
        }),
        1,
      ),
      options,
    );
    engine.trial({ timesteps: 2, input: Float64Array.of(-3, 0, 0, 0), target: new Float64Array(2) });
    expect([...engine.weights()['xy']]).toEqual([(1 + 1 + 3) / 2, (1 + 1 + 3) / 2]);
  });
});

describe('on random circuits with global scalars', () => {
  it('BPTT and RTRL take clocks for given, agree, and have the same bits on kernels', () => {
    const h = neuron({
      name: 'paced',
      params: { tau: 4 },
      ports: { u: 'v' },
      state: { v: 0.1 },
      globals: ['phase'],
      step: ({ v, u, global, tau }) => ({ v: v + (global.phase * (u - v * v)) / tau }),
      sends: ({ v }) => ({ out: v }),
    });
    const learn = plasticityRule({ name: 'learn', params: { eta: 0.1 }, change: () => 0 });
    const definition = circuit({
      neurons: { h: h(3), y: linear(1) },
      synapses: {
        hh: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: learn() },
        hy: { from: 'h', to: 'y', weights: normal({ sd: 0.5 }), rule: learn() },
      },
      globals: { phase: clock(({ t, count }) => (t - 3 * floor(t / 3) === 0 ? 0.2 : 1 + count / 100)) },
    });
    const trial = { timesteps: 9, input: new Float64Array(0), target: new Float64Array(9).fill(0.4) };
    const run = (algorithm: 'bptt' | 'rtrl') => {
      const pair = new Pair(build(definition, 3), { schedule: 'trial', feedback: 'symmetric' }, algorithm);
      pair.watchedTrial(trial);
      pair.trial(trial);
      return Object.values(pair.kernels.weights()).flatMap((weights) => [...weights]);
    };
    const [backward, forward] = [run('bptt'), run('rtrl')];
    backward.forEach((w, k) => {
      expect(forward[k]).toBeCloseTo(w, 12);
    });
  });
});

describe('a circuit refuses', () => {
  const neurons = { x: input(1), h: leakyTanh(2), y: linear(1) };
  const synapses = {
    xh: { from: 'x', to: 'h', weights: constant(1) },
    hy: { from: 'h', to: 'y', weights: constant(1), rule: rewarded() },
  } as const;
  const globals = { reward: fromTask(), phase: clock(({ t }) => t), critic: { from: 'h', neuron: 1 } } as const;

  it('global scalars that are not there, or not right', () => {
    expect(() => circuit({ neurons, synapses, globals })).not.toThrow();
    const { critic: _, ...without } = globals;
    expect(refusal(() => circuit({ neurons, synapses, globals: without }))).toContain('synapses.hy.rule');
    expect(refusal(() => circuit({ neurons, synapses }))).toContain('synapses.hy.rule');
    const given = (critic: object) => () => circuit({ neurons, synapses, globals: { ...globals, critic } as never });
    expect(refusal(given({ from: 'h', neuron: 2 }))).toContain('globals.critic.neuron');
    expect(refusal(given({ from: 'z' }))).toContain('globals.critic.from');
    expect(refusal(given({ from: 'h', carries: 'burst' }))).toContain('globals.critic.carries');
    expect(refusal(given({ ...fromTask() }))).toContain('globals.critic');
    expect(refusal(() => circuit({ neurons, synapses, globals: { ...globals, input: fromTask() } }))).toContain(
      'globals.input',
    );
    expect(refusal(() => clock(({ t }) => t + Math.random()))).toContain('clock');
    expect(refusal(() => fromTask({ start: NaN }))).toContain('fromTask.start');
  });
});
