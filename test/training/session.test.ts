import { lastValueFrom, take, takeWhile, type Observable } from 'rxjs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { delta, plasticityRule } from '../../src/rules/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { openSession, train, type SessionOptions } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { eventsOf, ofType, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes, flat } from '../support/weights.ts';

const options: SessionOptions = { circuit: threeMatrices(), task: noise(), trials: 4 };

describe('the events of a session', () => {
  it('are the trials one by one with their probes before them, and at last how it finished', async () => {
    const probes = {
      w: { synapses: 'readout', value: 'weight' },
      e: { error: 'y', everyTimesteps: 3 },
    } as const;
    const events = await eventsOf({ ...options, trials: 2, probes });
    expect(
      events.map((event) => {
        if (event.type === 'trial') return `trial ${event.trial}`;
        return event.type === 'probe' ? `${event.probe} ${event.trial} ${event.timestep ?? 'end'}` : event.type;
      }),
    ).toEqual([...['e 1 3', 'e 1 6', 'w 1 end', 'trial 1'], ...['e 2 3', 'e 2 6', 'w 2 end', 'trial 2'], 'finished']);
  });

  it('have a checkpoint after each trial that falls due, with the state to go on from', async () => {
    const session = openSession({ ...options, checkpointSeconds: 1e-9 });
    const events = await eventsOf(session);
    expect(events.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 4 }, () => ['trial', 'checkpoint']).flat(),
      'finished',
    ]);
    const trials = trialsOf(events);
    statesOf(events).forEach(({ trial, last, best }, i) => {
      const { loss, alignment } = trials[i];
      expect([trial, last]).toEqual([i + 1, { loss, alignment }]);
      expect(best?.loss).toBe(Math.min(...trials.slice(0, i + 1).map((each) => each.loss)));
    });
    const [end] = ofType(events, 'finished');
    expect(bytes(end.state.weights)).toBe(bytes(session.state().weights));
  });

  it('end with the trial that the task could not make', async () => {
    const task: Task = {
      ...noise(),
      trial: (index, random) => {
        if (index === 3) throw new TypeError('no\nidea');
        return noise().trial(index, random);
      },
    };
    const events = await eventsOf({ ...options, task });
    expect(events.map(({ type }) => type)).toEqual(['trial', 'trial', 'failed']);
    expect(events.at(-1)).toMatchObject({ error: { message: 'task.trial (trial 3): no idea', kind: 'failed' } });
  });

  it('have no checkpoint when none falls due', async () => {
    expect(statesOf(await eventsOf({ ...options, checkpointSeconds: 1000 }))).toEqual([]);
  });

  it('have no alignment where there is no feedback', async () => {
    const plain = circuit({
      neurons: { x: input(2), y: linear(2) },
      synapses: {
        in: {
          ...{ from: 'x', to: 'y', rule: delta() },
          weights: [
            [1, 0],
            [0, 1],
          ],
        },
      },
    });
    const trials = trialsOf(await eventsOf({ ...options, circuit: plain }));
    expect(trials.map(({ alignment }) => alignment)).toEqual([null, null, null, null]);
  });
});

describe('a session that runs', () => {
  it('lets timers fire beside it', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const session = openSession({ ...options, trials: 1_000_000 });
    await lastValueFrom(train(session).pipe(takeWhile(() => ticks < 4)), { defaultValue: undefined });
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(4);
    expect(session.state().trial).toBeGreaterThan(10);
  });

  it('starts only when someone subscribes, and not before the caller has gone on', async () => {
    const session = openSession(options);
    const events$ = train(session);
    await pause(20);
    expect(session.state().trial).toBe(0);
    const done = lastValueFrom(events$);
    expect(session.state().trial).toBe(0);
    await done;
    expect(session.state().trial).toBe(4);
  });

  it('works no more when its last subscriber has gone', async () => {
    const session = openSession({ ...options, trials: 1e9 });
    let seen = 0;
    await new Promise<void>((complete) => {
      train(session)
        .pipe(take(3))
        .subscribe({ next: () => seen++, complete });
    });
    const { trial } = session.state();
    await pause(60);
    expect([seen, trial, session.state().trial]).toEqual([3, 3, 3]);
  });

  it('goes on where it was left when it is run again', async () => {
    const session = openSession(options);
    await new Promise<void>((complete) => {
      train(session).pipe(take(2)).subscribe({ complete });
    });
    const rest = await eventsOf(session);
    expect(trialsOf(rest).map(({ trial }) => trial)).toEqual([3, 4]);
    expect(bytes(session.state().weights)).toBe(bytes(ofType(await eventsOf(options), 'finished')[0].state.weights));
  });

  it('completes every tapped port when it ends, and not before', async () => {
    const session = openSession(options);
    const ports: Readonly<Record<string, Observable<unknown>>> = {
      axon: session.neuron('h', 0).axon$,
      source: session.source('x', 1).axon$,
      weight: session.synapse('readout', 0, 0).weight$,
      trace: session.synapse('recurrent', 0, 0).trace$,
      error: session.error$,
      phase: session.phase$,
    };
    const counts: Record<string, number> = {};
    const completed: string[] = [];
    for (const [name, port] of Object.entries(ports)) {
      counts[name] = 0;
      port.subscribe({ next: () => counts[name]++, complete: () => completed.push(name) });
    }
    await eventsOf(session);
    expect(completed).toEqual(expect.arrayContaining(Object.keys(ports)));
    // 4 trials of 6 timesteps; 8 phases in each timestep, and one more at the end of each trial.
    expect(counts).toEqual({ axon: 24, source: 24, weight: 4, trace: 24, error: 24, phase: 4 * (6 * 8 + 1) });
  });

  it('has no ports to tap when a solver runs instead of actors', () => {
    const session = openSession({ ...options, learner: 'bptt' });
    for (const tap of [() => session.neuron('h', 0), () => session.error$, () => session.synapse('readout', 0, 0)]) {
      expect(refusal(tap)).toBe("learner: 'bptt' has no actors to tap; use the circuit's own rules, 'local'");
    }
  });
});

describe('a session that fails', () => {
  const mishap = new Error('no more');
  let calls = 0;
  const tired = plasticityRule({
    name: 'tired',
    params: { eta: 1 },
    opaque: true,
    change: () => {
      if (++calls > 14) throw mishap;
      return 0.5;
    },
  });
  const one = (rule = tired()) =>
    circuit({
      neurons: { x: input(2), y: linear(2) },
      synapses: {
        in: {
          ...{ from: 'x', to: 'y', rule },
          weights: [
            [1, 0],
            [0, 1],
          ],
        },
      },
    });

  it("tells which actor, timestep and trial a user's error came from, with a state before it", async () => {
    calls = 0;
    // 4 synapses and 3 timesteps: 12 calls in trial 1, and in trial 2 the fifteenth is the third of timestep 1.
    const session = openSession({ circuit: one(), task: noise(3), trials: 9 });
    let completed = false;
    session.error$.subscribe({ complete: () => (completed = true) });
    const events = await eventsOf(session);
    expect(events.map(({ type }) => type)).toEqual(['trial', 'failed']);
    const [{ error, state }] = ofType(events, 'failed');
    expect(error).toBeInstanceOf(RunError);
    expect(error.message).toBe('synapse in 1 <- 0 (trial 2, timestep 1): no more');
    expect(error.cause).toBe(mishap);
    expect(state.trial).toBeLessThan(2);
    expect(completed).toBe(true);
  });

  it.each(['rflo', 'bptt', 'rtrl'] as const)('of %s by divergence keeps a state that is sound', async (learner) => {
    const steep = { circuit: threeMatrices({ rate: 1e60 }), task: noise(), learner, checkpointSeconds: 1e-9 };
    const events = await eventsOf({ ...steep, trials: 50 });
    const [{ error, state }] = ofType(events, 'failed');
    const trials = trialsOf(events);
    expect(error).toBeInstanceOf(RunError);
    expect(error.message).toMatch(
      /^(synapse|neuron|error unit).* \(trial \d+, timestep \d\): .* became -?(Infinity|NaN)$/,
    );
    expect(error).toHaveProperty('trial', trials.length + 1);
    expect(state.trial).toBe(trials.length);
    expect(flat(state.weights).every(Number.isFinite)).toBe(true);
    // Going on from there comes to the same failure.
    const again = await eventsOf({ ...steep, trials: 50, resume: state });
    expect(ofType(again, 'failed').map((event) => event.error.message)).toEqual([error.message]);
  });

  it('when a task does, names the trial of a wrong shape', async () => {
    const shrinking: Task = {
      ...noise(),
      trial: (index, random) =>
        index < 3 ? noise().trial(index, random) : { ...noise().trial(index, random), input: new Float64Array(1) },
    };
    const events = await eventsOf({ ...options, task: shrinking });
    expect(events.map(({ type }) => type)).toEqual(['trial', 'trial', 'failed']);
    expect(ofType(events, 'failed')[0].error.message).toMatch(/^task.input: has/);
  });
});

describe('opening a session', () => {
  const h = leakyTanh(3);
  const unlike = circuit({
    neurons: { x: input(3), h, y: linear(2) },
    synapses: { in: { from: 'x', to: 'h', weights: { kind: 'constant', value: 1 } } },
    outputs: ['y'],
  });

  it.each([
    [
      'BPTT online',
      { learner: { learner: 'bptt', schedule: 'online' } },
      "schedule: bptt cannot learn 'online': it is acausal",
    ],
    [
      'an unknown learner',
      { learner: 'hebb' },
      "learner: unknown learner 'hebb'; expected 'rflo', 'delta', 'local', 'bptt', 'rtrl', 'uoro'",
    ],
    [
      'an unknown feedback',
      { learner: { learner: 'rflo', feedback: 'none' } },
      "feedback: expected 'random' or 'symmetric', got 'none'",
    ],
    [
      'an unknown schedule',
      { learner: { learner: 'rflo', schedule: 'never' } },
      "schedule: expected 'trial' or 'online', got 'never'",
    ],
    ['too few channels', { circuit: unlike }, 'task.input: has 2 channels; the circuit has 3: x (3)'],
    [
      'weights of another circuit',
      { resume: { ...openSession(options).state(), weights: { recurrent: new Float64Array(3) } } },
      'resume.weights.recurrent: has 3 weights, but the circuit has 16 synapses',
    ],
    [
      'no weights of a group',
      { resume: { ...openSession(options).state(), weights: {} } },
      'resume.weights.recurrent: has 0 weights',
    ],
  ])('refuses %s', (_, wrong, message) => {
    expect(refusal(() => openSession({ ...options, ...wrong } as SessionOptions))).toContain(message);
  });

  it('refuses a solver where a rule has no rate', () => {
    const rateless = plasticityRule({ name: 'rateless', params: {}, change: () => 0 });
    const plain = circuit({
      neurons: { x: input(2), y: linear(2) },
      synapses: { in: { from: 'x', to: 'y', weights: { kind: 'constant', value: 1 }, rule: rateless() } },
    });
    expect(refusal(() => openSession({ ...options, circuit: plain, learner: 'bptt' }))).toContain(
      "'rateless' has no parameter 'eta', which bptt takes as its learning rate",
    );
    expect(openSession({ ...options, circuit: plain, learner: 'rateless' }).learner.algorithm.name).toBe('local');
  });
});
