import { beforeAll, describe, expect, it, vi } from 'vitest';
import { circuit, type Circuit } from '../../src/circuit/index.ts';
import { tanh } from '../../src/local/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { adam, momentum } from '../../src/optimisers/index.ts';
import { normal } from '../../src/random/index.ts';
import { identityOf } from '../../src/recording/index.ts';
import {
  delta,
  kolenPollack,
  kolenPollackFeedback,
  overTrials,
  plasticityRule,
  rflo,
  type OverTrials,
} from '../../src/rules/index.ts';
import { createEngine, resolveLearner, type LearnerOptions } from '../../src/training/learner.ts';
import { loadEngines, openSession, scenario, type Session } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise } from '../support/networks.ts';
import { endOf, eventsOf, ofType, statesOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

type Eta = number | OverTrials;

/** Oja (1982). */
const oja = plasticityRule({
  name: 'oja',
  params: { eta: 0.1 },
  tunable: ['eta'],
  change: ({ w, pre, post, eta }) => eta * post.rate * (pre.rate - post.rate * w),
});

/** Everything plastic, feedback too where it is relearned. */
function plastic(eta: Eta, relearned: boolean, units = 4): Circuit<'rflo' | 'delta' | 'kolen-pollack'> {
  return circuit({
    neurons: { x: input(2), h: leakyTanh(units, { tau: 2, initial: 0.1 }), y: linear(2) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.8 }), rule: rflo({ eta }) },
      input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: 0.25 }) },
      readout: { from: 'h', to: 'y', weights: normal(), rule: relearned ? kolenPollack({ eta }) : delta({ eta }) },
    },
    feedback: {
      error: { from: 'y', to: 'h', weights: normal(), ...(relearned && { rule: kolenPollackFeedback({ eta }) }) },
    },
  });
}

const engines = ['actors', 'kernels'] as const;
const schedules = ['trial', 'online'] as const;
const learners: readonly LearnerOptions<'rflo'>[] = [
  ...engines.flatMap((engine) =>
    schedules.flatMap((schedule) => [
      { learner: 'local' as const, engine, schedule },
      { learner: 'rtrl' as const, engine, schedule },
    ]),
  ),
  ...engines.map((engine) => ({ learner: 'bptt' as const, engine })),
  ...schedules.map((schedule) => ({ learner: 'snap-1' as const, schedule })),
];

const ETAS = [0.5, 0.125, 0, -0.3, 1 / 3];

/** By hand: a circuit of its own for each trial, with this learning rate, that continues with the weights of the one before. */
function byHand(session: Session, how: LearnerOptions<'rflo'>, relearned: boolean): string {
  let [weights, carried] = [{}, {}];
  ETAS.forEach((eta, i) => {
    // Of a learning rate of 0 a reference computes nothing at all; it must change nothing either.
    const still = plastic(eta, relearned);
    const engine = createEngine(still, 1, resolveLearner(how, still, { trials: 1 }));
    if (i > 0) {
      engine.setWeights(weights);
      engine.setCarried(carried);
    }
    engine.trial(session.trialOf(i + 1));
    [weights, carried] = [engine.weights(), engine.carried()];
  });
  return bytes({ ...weights, ...carried });
}

const groupsOf = (relearned: boolean) => ['recurrent', 'readout', ...(relearned ? ['feedback.error'] : [])];

describe('a tunable parameter', () => {
  it.each(learners)('that is tuned between trials does what a circuit with it does: %o', async (learner) => {
    const relearned = learner.learner === 'local';
    const session = openSession({ circuit: plastic(ETAS[0], relearned), task: noise(7), learner, trials: ETAS.length });
    session.run().subscribe((event) => {
      if (event.type !== 'trial' || event.trial === ETAS.length) return;
      for (const group of groupsOf(relearned)) session.tune(group, { eta: ETAS[event.trial] });
      expect(session.tuned()['recurrent']).toEqual({ eta: ETAS[event.trial] });
      expect(session.tuned()['input']).toEqual({ eta: 0.25 });
    });
    await vi.waitUntil(() => session.state().trial === ETAS.length);
    const { weights, carried } = session.state();
    expect(bytes({ ...weights, ...carried })).toBe(byHand(session, learner, relearned));
  });

  it.each(learners)('that changes over the trials does the same, and after resuming too: %o', async (learner) => {
    const relearned = learner.learner === 'local';
    const eta = overTrials(0.5, ({ start, trial }) =>
      trial === 1 ? start : trial === 2 ? 0.125 : trial === 3 ? 0 : trial === 4 ? -0.3 : 1 / 3,
    );
    const options = { circuit: plastic(eta, relearned), task: noise(7), learner, trials: ETAS.length };
    const session = openSession({ ...options, checkpointSeconds: 1e-9 });
    const events = await eventsOf(session);
    const end = endOf(events).state;
    const expected = byHand(session, learner, relearned);
    expect(bytes({ ...end.weights, ...end.carried })).toBe(expected);
    const resume = statesOf(events)[2];
    expect(resume.trial).toBe(3);
    const { state } = endOf(await eventsOf(openSession({ ...options, resume })));
    expect(bytes({ ...state.weights, ...state.carried })).toBe(expected);
  });

  it('that was tuned stays so in a session that is resumed, also in place of one over the trials', async () => {
    const circuit = plastic(
      overTrials(0.5, ({ start, trial }) => start / trial),
      true,
    );
    const run = async (trials: number, resume?: ReturnType<Session['state']>, tune = false) => {
      const session = openSession({ circuit, task: noise(), trials, ...(resume && { resume }) });
      if (tune) session.tune('recurrent', { eta: 0.75 });
      return endOf(await eventsOf(session)).state;
    };
    const tuned = await run(3, undefined, true);
    expect(tuned.tuned).toEqual({ recurrent: { eta: 0.75 } });
    const [resumed, whole] = [await run(6, tuned), await run(6, undefined, true)];
    expect(bytes(resumed.weights)).toBe(bytes(whole.weights));
    expect(resumed.tuned).toEqual(tuned.tuned);
    const { tuned: _, ...forgotten } = tuned;
    expect(bytes((await run(6, forgotten)).weights)).not.toBe(bytes(whole.weights));
    expect(whole).toMatchObject({ tuned: { recurrent: { eta: 0.75 } } });
    expect((await run(2)).tuned).toBeUndefined();
  });

  it('stays as it is in trials that only test', () => {
    const still = plastic(
      overTrials(0.5, ({ start, trial }) => start / trial),
      false,
    );
    for (const engine of engines) {
      const one = createEngine(still, 1, resolveLearner({ engine }, still, { trials: 1 }));
      one.trial(openSession({ circuit: still, task: noise() }).trialOf(1), { number: -4, learn: false });
      expect(one.tuned?.()['recurrent']).toEqual({ eta: 0.5 });
    }
  });

  it.each(learners.filter(({ engine }) => engine === 'kernels').map((how, k) => [how, 20 + k] as const))(
    'is compiled once for twenty learning rates: %o',
    (how, units) => {
      const compile = vi.spyOn(WebAssembly, 'Module');
      for (let k = 1; k <= 20; k++) {
        const eta = k % 2 === 0 ? k / 10 : overTrials(k / 10, ({ start, trial }) => start / trial);
        const network = plastic(eta, false, units);
        createEngine(network, k, resolveLearner(how, network, { trials: 1 }));
      }
      expect(compile).toHaveBeenCalledTimes(1);
      compile.mockRestore();
    },
  );

  it('is no reason to compile the text of actors again', () => {
    const compile = vi.spyOn(globalThis, 'Function');
    const counts = Array.from({ length: 20 }, (_, k) => {
      const eta = k / 10;
      const network = circuit({
        // No other test has this time constant, so the text of these neurons is new.
        neurons: { h: leakyTanh(4, { tau: 2.0625 }), y: linear(2) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo({ eta }) },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta }) },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal() } },
      });
      createEngine(network, k, resolveLearner({ engine: 'actors' }, network, { trials: 1 }));
      return compile.mock.calls.length;
    });
    compile.mockRestore();
    expect(counts[0]).toBeGreaterThan(0);
    expect(new Set(counts).size).toBe(1);
  });

  it('makes another run of it where it changes over the trials otherwise', () => {
    const identity = (eta: Eta) =>
      identityOf(
        scenario({ title: 'T', circuit: () => plastic(eta, false), task: () => noise(), compare: ['rflo'] }).plan(),
      )['circuit'];
    const falling = identity(overTrials(0.5, ({ start, trial }) => start / trial));
    expect(identity(overTrials(0.5, ({ start, trial }) => start / trial))).toBe(falling);
    expect(identity(overTrials(0.5, ({ start, trial }) => start / (1 + trial)))).not.toBe(falling);
    expect(identity(overTrials(0.25, ({ start, trial }) => start / trial))).not.toBe(falling);
    expect(identity(0.5)).not.toBe(falling);
  });

  it('is what the gradient probe compares with: all groups together, at the learning rates as they are', async () => {
    const read = async (eta: Eta, tune?: number) => {
      const session = openSession({
        circuit: plastic(eta, false),
        task: noise(),
        learner: { learner: 'bptt' },
        trials: 1,
        probes: { all: { gradient: 'alignment' } },
      });
      if (tune !== undefined) for (const group of groupsOf(false)) session.tune(group, { eta: tune });
      return ofType(await eventsOf(session), 'probe')[0].values[0];
    };
    expect(await read(0.5)).toBeCloseTo(1, 12);
    expect(await read(0.5, 0.01)).toBeCloseTo(1, 12);
    expect(await read(overTrials(0.5, ({ start, trial }) => start / (9 + trial)))).toBeCloseTo(1, 12);
  });
});

describe('tunable parameters of any rule', () => {
  const define = (tunable: readonly ('eta' | 'tau' | 'limit')[], opaque: boolean) =>
    plasticityRule({
      name: 'mine',
      params: { eta: 0.4, tau: 3, limit: 0.2 },
      tunable,
      state: { p: 0.1, q: 0 },
      trace: ({ p, q, pre, post, tau, limit }) => ({
        p: (1 - 1 / tau) * p + (pre.rate > limit ? post.slope : limit) * pre.rate,
        q: q + tanh(limit - q) / (2 * tau),
      }),
      change: ({ p, q, w, post, eta, limit }) => eta * 2 * (post.signal * p - 0.1 * q * w) + 0.01 * limit * eta,
      ...(opaque && { opaque }),
    });
  const network = (rule: ReturnType<ReturnType<typeof define>>) =>
    circuit({
      neurons: { x: input(2), h: leakyTanh(5, { tau: 2, initial: 0.1 }), y: linear(2) },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal(), rule },
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.4 }), rule },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    });
  const all = ['eta', 'tau', 'limit'] as const;

  it.each(
    engines.flatMap((engine) =>
      schedules.flatMap((schedule) => [false, true].map((opaque) => ({ engine, schedule, opaque }))),
    ),
  )('give the bits that filled in they give, and follow: %o', async ({ engine, schedule, opaque }) => {
    if (opaque && engine === 'kernels') return;
    const run = async (tunable: readonly ('eta' | 'tau' | 'limit')[], params: object, tune?: object) => {
      const learner = { engine, schedule } as const;
      const circuit = network(define(tunable, opaque)(params));
      const session = openSession({ circuit, task: noise(9), learner, trials: 3 });
      if (tune) for (const group of ['input', 'recurrent']) session.tune(group, { ...tune });
      return bytes(endOf(await eventsOf(session)).state.weights);
    };
    const other = { eta: -0.2, tau: 1.7, limit: -0.1 };
    const expected = await run([], other);
    expect(await run(all, other)).toBe(expected);
    expect(await run(all, {}, other)).toBe(expected);
    expect(await run(['tau'], { ...other, tau: 9 }, { tau: 1.7 })).toBe(expected);
    expect(await run([], {})).not.toBe(expected);
  });
});

it('a group that learns at once follows its learning rate, alike on both engines', async () => {
  const network = (eta: Eta) =>
    circuit({
      neurons: { x: input(2), h: leakyTanh(4, { tau: 2, initial: 0.1 }), y: linear(2) },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal(), rule: oja({ eta }), learns: 'at once' },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    });
  const run = async (eta: Eta, engine: (typeof engines)[number], tune?: number) => {
    const session = openSession({ circuit: network(eta), task: noise(), learner: { engine }, trials: 3 });
    if (tune !== undefined) session.tune('input', { eta: tune });
    return bytes(endOf(await eventsOf(session)).state.weights);
  };
  const expected = await run(0.1, 'actors');
  for (const engine of engines) {
    expect(await run(0.1, engine)).toBe(expected);
    expect(await run(0.7, engine, 0.1)).toBe(expected);
    expect(
      await run(
        overTrials(0.05, ({ start, trial }) => (trial > 0 ? 2 * start : 0)),
        engine,
      ),
    ).toBe(expected);
    expect(await run(0.7, engine)).not.toBe(expected);
  }
});

describe('the learning rate of an optimiser', () => {
  const network = (eta: Eta, units = 4) =>
    circuit({
      neurons: { x: input(2), h: leakyTanh(units, { tau: 2, initial: 0.1 }), y: linear(2) },
      synapses: {
        recurrent: {
          ...{ from: 'h', to: 'h', weights: normal({ sd: 0.8 }), rule: rflo({ eta: 1 }) },
          ...{ optimiser: adam({ eta }), bounds: [-2, 2] as const },
        },
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo(), optimiser: momentum({ eta }) },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    });
  const run = async (eta: Eta, learner: LearnerOptions<'rflo'>, tune?: number, batch?: number) => {
    const how = batch === undefined ? {} : { batch };
    const session = openSession({ circuit: network(eta), task: noise(), learner, trials: 4, ...how });
    if (tune !== undefined) {
      for (const group of ['recurrent', 'input']) session.tune(group, { 'optimiser.eta': tune });
      expect(session.tuned()['recurrent']).toEqual({ eta: 1, 'optimiser.eta': tune });
    }
    return bytes(endOf(await eventsOf(session)).state.weights);
  };

  it.each(learners)('can be tuned, and change over the trials: %o', async (learner) => {
    const expected = await run(0.02, learner);
    expect(await run(0.5, learner, 0.02)).toBe(expected);
    expect(
      await run(
        overTrials(0.01, ({ start, trial }) => (trial > 0 ? 2 * start : 0)),
        learner,
      ),
    ).toBe(expected);
    expect(await run(0.5, learner)).not.toBe(expected);
    if (learner.schedule === 'online') return;
    expect(await run(0.5, learner, 0.02, 2)).toBe(await run(0.02, learner, undefined, 2));
  });

  it('falls alike on both engines', async () => {
    const falling = overTrials(0.2, ({ start, trial }) => start / trial);
    for (const learner of ['local', 'bptt'] as const) {
      const [actors, kernels] = await Promise.all(engines.map((engine) => run(falling, { learner, engine })));
      expect(kernels).toBe(actors);
    }
  });

  it('is compiled once for many', () => {
    const compile = vi.spyOn(WebAssembly, 'Module');
    for (let k = 1; k <= 20; k++) {
      const many = network(k / 100, 31);
      createEngine(many, k, resolveLearner({ engine: 'kernels' }, many, { trials: 1 }));
    }
    expect(compile).toHaveBeenCalledTimes(1);
    compile.mockRestore();
  });
});

describe('tuning is refused', () => {
  const session = (eta: Eta = 0.5, learner: LearnerOptions<'rflo'> = {}) =>
    openSession({ circuit: plastic(eta, learner.learner !== 'bptt'), task: noise(), learner });
  const tuned = (group: string, params: Readonly<Record<string, number>>, ...how: Parameters<typeof session>) => {
    return () => {
      session(...how).tune(group, params);
    };
  };
  const zero = 'tune.recurrent.eta: was 0 when the learner was opened';

  it.each<[string, () => unknown, string]>([
    ['no such group', tuned('other', { eta: 1 }), 'tune.other: has no tunable parameters'],
    ['not tunable', tuned('readout', { decay: 1 }), "tune.readout.decay: is not a tunable parameter; expected 'eta'"],
    ['no number', tuned('readout', { eta: NaN }), 'tune.readout.eta: NaN is not a finite number'],
    ['a group that began with 0', tuned('recurrent', { eta: 1 }, 0, { learner: 'bptt' }), zero],
    ['in kernels, too', tuned('recurrent', { eta: 1 }, 0, { learner: 'bptt', engine: 'kernels' }), zero],
    [
      'of a parameter that is not tunable, over the trials',
      () => kolenPollack({ decay: overTrials(0.1, ({ start, trial }) => start / trial) }),
      "rule 'kolen-pollack'.decay: is not tunable, so it cannot change over the trials",
    ],
    [
      'a start that is no number',
      () => overTrials(Infinity, ({ start }) => start),
      'overTrials: Infinity is not a finite',
    ],
    [
      'a name that is no parameter',
      () => plasticityRule({ name: 'r', params: { a: 1 }, tunable: ['b' as 'a'], change: ({ a }) => a }),
      "rule 'r'.tunable[0]: 'b' is not a parameter; expected 'a'",
    ],
    [
      'a name that is there twice',
      () => plasticityRule({ name: 'r', params: { a: 1 }, tunable: ['a', 'a'], change: ({ a }) => a }),
      "rule 'r'.tunable[1]: 'a' is listed twice",
    ],
  ])('%s', (_, wrong, message) => {
    expect(refusal(wrong)).toContain(message);
  });

  it('while a trial runs', async () => {
    const running = openSession({ circuit: plastic(0.5, true), task: noise(), trials: 1 });
    const refused: string[] = [];
    running.phase$.subscribe(() => {
      refused.push(
        refusal(() => {
          running.tune('recurrent', { eta: 1 });
        }),
      );
    });
    await eventsOf(running);
    expect(refused.length).toBeGreaterThan(6);
    expect(refused.every((message) => message.startsWith('tune: a trial is running'))).toBe(true);
    expect(running.state().tuned).toBeUndefined();
  });

  it('and no longer when the trial has failed', async () => {
    const task = {
      ...noise(),
      trial: (...[index, random]: Parameters<ReturnType<typeof noise>['trial']>) => {
        const trial = noise().trial(index, random);
        return { ...trial, input: new Float64Array(trial.input.length).fill(NaN) };
      },
    };
    const failing = openSession({ circuit: plastic(0.5, true), task, trials: 1 });
    expect((await eventsOf(failing)).at(-1)).toMatchObject({ type: 'failed' });
    failing.tune('recurrent', { eta: 1 });
    expect(failing.tuned()).toMatchObject({ recurrent: { eta: 1 } });
  });

  it('and a value over the trials that is no number ends the session', async () => {
    const events = await eventsOf(session(overTrials(1, ({ start, trial }) => start / (trial - 2))));
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      error: { message: 'synapses recurrent (trial 2): its eta: Infinity is not a finite number' },
    });
  });
});
