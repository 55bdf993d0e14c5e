import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, clock, fromTask, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, neuron } from '../../src/neurons/index.ts';
import { constant, normal, stream } from '../../src/random/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { Bptt, bptt, Rtrl, rtrl, Snap } from '../../src/solvers/index.ts';
import type { Answer, Played, Task, Trial } from '../../src/tasks/index.ts';
import { Session, type SessionState } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

const options = { schedule: 'trial', feedback: 'random' } as const;
const symmetric = { schedule: 'trial', feedback: 'symmetric' } as const;
const ENGINES: readonly (readonly [string, (built: BuiltCircuit) => Engine])[] = [
  ['actors', (built) => new ActorEngine(built, options)],
  ['kernels', (built) => new KernelEngine(built, { algorithm: local(), ...options })],
  ['bptt', (built) => new Bptt(built, symmetric)],
  ['the kernels of bptt', (built) => new KernelEngine(built, { algorithm: bptt(), ...symmetric })],
  ['rtrl', (built) => new Rtrl(built, symmetric)],
  ['the kernels of rtrl', (built) => new KernelEngine(built, { algorithm: rtrl(), ...symmetric })],
  ['snap-1', (built) => new Snap(built, { n: 1, ...symmetric })],
];

/** Adds up what it hears, and says that. */
const counter = neuron({
  name: 'counter',
  ports: { u: 'v' },
  state: { v: 0 },
  globals: ['reward'],
  step: ({ v, u, global }) => ({ v: v + u + 100 * global.reward }),
  sends: ({ v }) => ({ out: v }),
});

const counting = circuit({
  neurons: { x: input(2), y: counter(1) },
  synapses: { xy: { from: 'x', to: 'y', weights: [[1, 10]] } },
  globals: { reward: fromTask(), t: clock(({ t }) => t) },
});

describe.each(ENGINES)('a task that answers, on %s', (_, open) => {
  it('sees the outputs of every timestep; gives the next input, and scalars from that timestep on', () => {
    const seen: Played[] = [];
    const rewards: number[] = [];
    const engine = open(build(counting, 1));
    const reader = engine.reader({ global: 'reward' });
    const value = new Float64Array(1);
    const given = Float64Array.of(1, 0, 5, 5, 5, 5, 1, 1);
    const trial: Trial = {
      timesteps: 4,
      input: given,
      target: new Float64Array(4).fill(NaN),
      answer: (played) => {
        seen.push(played);
        const answers: readonly (Answer | undefined)[] = [{ input: [0, 1] }, { reward: 2, input: [3, 0] }, undefined, { reward: 0 }]; // prettier-ignore
        return answers[played.t - 1];
      },
    };
    for (let again = 0; again < 2; again++) {
      engine.trial(trial, {
        onTimestep: () => {
          reader.read(value, 0);
          rewards.push(value[0]);
        },
      });
    }
    // 1; 1 + 10; 11 + 3, and 200 for the reward of the timestep before; 214 + 11 + 200.
    expect(seen.map(({ outputs }) => outputs[0])).toEqual([1, 11, 214, 425, 1, 11, 214, 425]);
    expect(seen.map(({ t }) => t)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect(rewards).toEqual([0, 2, 2, 0, 0, 2, 2, 0]);
    // The task's own numbers stay as they are.
    expect([...given]).toEqual([1, 0, 5, 5, 5, 5, 1, 1]);
  });

  it('fails by name where it throws, or answers what cannot be played', () => {
    const engine = open(build(counting, 1));
    const failing = (answer: () => unknown, t = 2) => {
      try {
        engine.trial({
          ...{ timesteps: 3, input: new Float64Array(6), target: new Float64Array(3) },
          answer: (played) => (played.t === t ? (answer() as Answer) : {}),
        });
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(failing(() => ({ reward: NaN }))).toMatchObject({ actor: 'task.answer.reward', timestep: 2, kind: 'input' });
    expect(failing(() => ({ input: [1] }))).toMatchObject({ actor: 'task.answer.input', timestep: 2, kind: 'input' });
    expect(failing(() => ({ input: [1, Infinity] }), 3)).toMatchObject({ actor: 'task.answer.input[1]', timestep: 3 });
    expect(failing(() => 1)).toMatchObject({ actor: 'task.answer', kind: 'input' });
    expect(failing(() => Promise.resolve({ reward: 1 }))).toMatchObject({ actor: 'task.answer', kind: 'input' });
    expect(failing(() => ({ rewrad: 1 }))).toMatchObject({
      ...{ actor: 'task.answer.rewrad', kind: 'input' },
      problem: expect.stringContaining("'reward'") as string,
    });
    const thrown = failing(() => {
      throw new Error('no idea');
    });
    expect(thrown).toMatchObject({ actor: 'task.answer', problem: 'no idea', kind: 'failed', timestep: 2 });
  });
});

/** Node perturbation: noise in the actions is credited with the reward that it brought beyond the usual. */
const noisy = neuron({
  name: 'noisy-action',
  params: { sd: 0.3 },
  ports: { u: 'mean' },
  state: { mean: 0, tried: 0 },
  noise: ['xi'],
  step: ({ u, xi, sd }) => ({ mean: u, tried: u + sd * xi }),
  sends: ({ tried }) => ({ out: tried }),
  shows: ({ mean, tried }) => ({ novelty: tried - mean }),
});
const perturbation = plasticityRule({
  name: 'reinforce',
  params: { eta: 1 },
  sees: { post: ['novelty'] },
  globals: ['reward', 'end'],
  state: { e: 0, usual: 0 },
  trace: ({ usual, pre, post, global }) => ({
    e: post.novelty * pre.out,
    usual: usual + 0.1 * global.end * (global.reward - usual),
  }),
  change: ({ e, usual, global, eta }) => eta * global.end * (global.reward - usual) * e,
});

/** Which of two lights was on, a few timesteps ago? The one that was is rewarded, and only at the end. */
const matching: Task = {
  name: 'delayed-matching',
  inputs: 2,
  outputs: 1,
  settings: {},
  trial: (_, random) => {
    const [side, timesteps] = [random() < 0.5 ? 1 : -1, 6];
    const x = new Float64Array(2 * timesteps);
    for (const t of [0, 1]) x[2 * t + (side > 0 ? 0 : 1)] = 1;
    return {
      ...{ timesteps, input: x, target: new Float64Array(timesteps).fill(NaN) },
      answer: ({ t, outputs: [y] }) => (t < timesteps ? {} : { reward: side * y > 0 ? 1 : 0 }),
    };
  },
};

const agent = circuit({
  neurons: { x: input(2), h: leakyTanh(6, { tau: 8 }), y: noisy(1) },
  synapses: {
    in: { from: 'x', to: 'h', weights: normal({ sd: 1.5 }) },
    act: { from: 'h', to: 'y', weights: constant(0), rule: perturbation({ eta: 5 }), traces: { keep: true } },
  },
  globals: { reward: fromTask(), end: clock(({ t }) => (t === 6 ? 1 : 0)) },
});

describe('delayed matching, learned from one scalar at the end of each trial', () => {
  const rewards = (engine: Engine, from: number, trials: number): number => {
    let sum = 0;
    const [reader, value] = [engine.reader({ global: 'reward' }), new Float64Array(1)];
    for (let k = from; k < from + trials; k++) {
      engine.trial(matching.trial(k, stream(5, k)), { number: k });
      reader.read(value, 0);
      sum += value[0];
    }
    return sum / trials;
  };

  it.each(ENGINES.slice(0, 2))('on %s', (_, open) => {
    const engine = open(build(agent, 2));
    const first = rewards(engine, 1, 50);
    rewards(engine, 51, 700);
    const last = rewards(engine, 751, 100);
    expect(first).toBeLessThan(0.75);
    expect(last).toBeGreaterThan(0.95);
  });

  it('has the same bits in sessions, on both engines, resumed or not', async () => {
    const stateAfter = async (engine: 'actors' | 'kernels', trials: number, resume?: SessionState) => {
      const session = { circuit: agent, task: matching, trials, seed: 4, learner: { engine } };
      return endOf(await eventsOf({ ...session, ...(resume && { resume }) })).state;
    };
    const { weights, carried } = await stateAfter('actors', 30);
    const others = [await stateAfter('kernels', 30), await stateAfter('actors', 30, await stateAfter('kernels', 11))];
    for (const other of others) expect([other.weights, other.carried]).toEqual([weights, carried]);
  });

  it('is refused where the task does not answer', () => {
    const { answer: _, ...silent } = matching.trial(1, stream(1));
    const task = { ...matching, trial: () => silent };
    expect(refusal(() => new Session({ circuit: agent, task }))).toContain('globals.reward');
  });
});
