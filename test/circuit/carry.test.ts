import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { rflo } from '../../src/rules/index.ts';
import { Bptt, bptt, Rtrl, rtrl, Snap } from '../../src/solvers/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { Session, type SessionState } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { expectBits, Pair } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

const online = { schedule: 'online', feedback: 'random' } as const;
const exact = { schedule: 'online', feedback: 'symmetric' } as const;
const ENGINES: Readonly<Record<string, (built: BuiltCircuit) => Engine>> = {
  actors: (built) => new ActorEngine(built, online),
  kernels: (built) => new KernelEngine(built, { algorithm: local(), ...online }),
  rtrl: (built) => new Rtrl(built, exact),
  'snap-2': (built) => new Snap(built, { n: 2, ...online }),
};

/** The first timesteps of a trial, and those after them. */
function cut({ timesteps, input: x, target }: Trial, first: number): readonly [Trial, Trial] {
  const part = (from: number, until: number): Trial => ({
    timesteps: until - from,
    input: x.slice((x.length / timesteps) * from, (x.length / timesteps) * until),
    target: target.slice((target.length / timesteps) * from, (target.length / timesteps) * until),
  });
  return [part(0, first), part(first, timesteps)];
}

/** A trial twice over. */
function twice(trial: Trial): Trial {
  const doubled = (values: Float64Array) => Float64Array.from([...values, ...values]);
  return { timesteps: 2 * trial.timesteps, input: doubled(trial.input), target: doubled(trial.target) };
}

const isCertain = ({ populations }: BuiltCircuit) => populations.every(({ noise }) => Object.keys(noise).length === 0);

describe.each(Object.entries(ENGINES))('trials that carry on, on %s', (_, open) => {
  it('are one long trial in parts, bit for bit', () => {
    let tried = 0;
    for (let k = 1; k <= 20; k++) {
      const { circuit: definition, trial } = heartCircuit(k, { spikes: true });
      const [whole, parts] = [false, true].map((carry) => build(definition, k, { carry }));
      if (!isCertain(whole)) continue;
      tried++;
      const [one, two] = [open(whole), open(parts)];
      one.trial(twice(trial), { pace: 2 });
      two.trial(trial);
      // What a checkpoint holds is all that is needed.
      const other = open(parts);
      other.setWeights(two.weights());
      other.setCarried(two.carried());
      // A test leaves nothing behind.
      two.trial(cut(trial, 2)[0], { number: 0, learn: false });
      for (const engine of [two, other]) engine.trial(trial, { number: 2 });
      for (const group of Object.keys(one.weights())) {
        expectBits(`weights of ${group} in circuit ${k}`, two.weights()[group], one.weights()[group]);
        expectBits(`weights of ${group} in circuit ${k}, resumed`, other.weights()[group], one.weights()[group]);
      }
      const carried = other.carried();
      for (const [key, values] of Object.entries(two.carried()))
        expectBits(`${key} in circuit ${k}`, carried[key], values);
    }
    expect(tried).toBeGreaterThan(7);
  });
});

describe('kernels that carry on', () => {
  it('have every bit of the plain BPTT, which looks back to the start of each trial', () => {
    for (let k = 1; k <= 20; k++) {
      const { circuit: definition, trial } = heartCircuit(k, { spikes: true });
      const pair = new Pair(
        build(definition, k, { carry: true }),
        { schedule: 'trial', feedback: 'symmetric' },
        'bptt',
      );
      const [first, second] = cut(trial, 2);
      for (const part of [first, second, trial]) pair.watchedTrial(part);
    }
  });

  it('refuse RTRL, whose plain solver carries on', () => {
    const built = build(heartCircuit(1).circuit, 1, { carry: true });
    expect(refusal(() => new KernelEngine(built, { algorithm: rtrl(), ...exact }))).toContain('carry');
    expect(() => new KernelEngine(built, { algorithm: bptt(), ...exact, schedule: 'trial' })).not.toThrow();
    expect(new Bptt(built, { ...exact, schedule: 'trial' }).carried()).not.toEqual({});
  });
});

describe('a session that carries on', () => {
  const network = circuit({
    neurons: { x: input(1), h: leakyTanh(4, { tau: 5 }), y: linear(1) },
    synapses: {
      xh: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
      hh: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), delay: 3, rule: rflo() },
      hy: { from: 'h', to: 'y', weights: normal(), rule: rflo() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  const task: Task = {
    name: 'stream',
    inputs: 1,
    outputs: 1,
    settings: {},
    trial: (_, random) => ({
      timesteps: 4,
      input: Float64Array.from({ length: 4 }, random),
      target: Float64Array.from({ length: 4 }, random),
    }),
    test: {
      scores: { last: { label: 'Last output', better: 'higher' } },
      trials: 2,
      trial: () => ({ timesteps: 2, input: Float64Array.of(1, 1), target: Float64Array.of(0, 0) }),
      score: (_, answer) => ({ last: answer[1] }),
    },
  };

  it('is resumed, on another engine too, and tested, with every bit of one that never stopped', async () => {
    const run = async (trials: number, engine: 'actors' | 'kernels', resume?: SessionState): Promise<SessionState> => {
      const options = { circuit: network, task, carry: true, trials, learner: { engine }, seed: 3 };
      const probes = { score: { test: 'scores', everyTrials: 2 } } as const;
      return endOf(await eventsOf({ ...options, probes, ...(resume && { resume }) })).state;
    };
    const [whole, anew] = [await run(9, 'actors'), await run(9, 'kernels')];
    const resumed = await run(9, 'kernels', await run(5, 'actors'));
    for (const { weights, carried } of [anew, resumed])
      expect([weights, carried]).toEqual([whole.weights, whole.carried]);
    expect(Object.keys(whole.carried ?? {})).toEqual(expect.arrayContaining(['neurons.h.rate', 'synapses.hh.p']));
    expect(whole.carried?.['neurons.h.rate']).toHaveLength(3 * 4);
  });

  it('learns otherwise than one whose trials begin anew', () => {
    const weights = [true, false].map((carry) => {
      const session = new Session({ circuit: network, task, carry });
      for (const number of [1, 2]) session.engine.trial(session.trialOf(number), { number });
      return session.engine.weights();
    });
    expect(weights[0]).not.toEqual(weights[1]);
    expect(refusal(() => new Session({ circuit: network, task, carry: 1 as never }))).toContain('carry');
  });
});
