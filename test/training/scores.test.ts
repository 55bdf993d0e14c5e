import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { circuit, type Circuit, type Engine } from '../../src/circuit/index.ts';
import { linear } from '../../src/neurons/index.ts';
import { constant } from '../../src/random/index.ts';
import { delta } from '../../src/rules/index.ts';
import type { Task, Test, Trial } from '../../src/tasks/index.ts';
import {
  loadEngines,
  observe,
  openSession,
  scoresOf,
  type LearnerOptions,
  type Probe,
  type SessionOptions,
} from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { Pair } from '../support/agreement.ts';
import { failure } from '../support/failure.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { cook, randomTrial, recipesWithin } from '../support/random-circuit.ts';
import { endOf, eventsOf, ofType, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

const error: Test['scores'] = { error: { label: 'Mean absolute error', better: 'lower' } };
const meanError = ({ target }: Trial, answer: Float64Array) => ({
  error: answer.reduce((sum, y, k) => sum + Math.abs(target[k] - y), 0) / answer.length,
});

/** Noise, tested on three trials of noise that are longer. */
const tested = (more: Partial<Test> = {}): Task => ({
  ...noise(6),
  test: {
    scores: error,
    trials: 3,
    trial: (index, random) => noise(9).trial(index, random),
    score: meanError,
    ...more,
  },
});
const network: Circuit = threeMatrices();
const options = { circuit: network, task: tested(), trials: 5, checkpointSeconds: 1e-9 } as const;
const probes = { learned: { test: 'scores', everyTrials: 2 } } as const;
/** The scores of a session that has not begun. */
const scored = (more: Partial<Test>) => openSession({ ...options, task: tested(more) }).scores();

describe('the scores of a test', () => {
  it('are what the outputs answer is worth, the mean over the test trials', () => {
    const session = openSession(options);
    const heard: { trial: Trial; answer: Float64Array }[] = [];
    const score = (trial: Trial, answer: Float64Array) => {
      heard.push({ trial, answer });
      return meanError(trial, answer);
    };
    const found = openSession({ ...options, task: tested({ score }) }).scores();
    expect(heard).toHaveLength(3);
    const sums = heard.map(({ trial, answer }) => {
      expect([...answer]).toEqual([...(observe(session.engine, trial).get('y') ?? [])]);
      return meanError(trial, answer).error;
    });
    expect(found).toEqual({ error: (sums[0] + sums[1] + sums[2]) / 3 });
    expect(new Set(sums).size).toBe(3);
  });

  it('give the outputs of several populations side by side, as the target has them', () => {
    const two = circuit({
      neurons: { h: linear(1, { initial: 1 }), one: linear(2), other: linear(1) },
      synapses: {
        hold: { from: 'h', to: 'h', weights: constant(1) },
        one: { from: 'h', to: 'one', weights: [[1], [2]], rule: delta() },
        other: { from: 'h', to: 'other', weights: [[3]], rule: delta() },
      },
      outputs: ['one', 'other'],
    });
    const trial = { timesteps: 2, input: new Float64Array(0), target: new Float64Array(6) };
    const answers: number[][] = [];
    const task: Task = {
      ...{ name: 'two', inputs: 0, outputs: 3, settings: {}, trial: () => trial },
      test: {
        ...{ scores: error, trials: 1, trial: () => trial },
        score: (_, answer) => {
          answers.push([...answer]);
          return {};
        },
      },
    };
    expect(openSession({ circuit: two, task }).scores()).toEqual({ error: NaN });
    expect(answers).toEqual([[1, 2, 3, 1, 2, 3]]);
  });

  it('leave out the trials that they do not bear on', () => {
    const worth = [{ error: 4 }, {}, { error: NaN }, { error: 1 }];
    let played = 0;
    expect(scored({ trials: 4, score: () => worth[played++] })).toEqual({ error: 2.5 });
    expect(scored({ score: () => ({}) })).toEqual({ error: NaN });
  });

  it('are the same for every learner and at every test, whatever was tested before', async () => {
    const trials: string[] = [];
    const score = (trial: Trial) => {
      trials.push(trial.input.join());
      return {};
    };
    for (const learner of ['rflo', 'bptt'] as const) {
      await eventsOf({ ...options, learner, task: tested({ score }), probes: { it: { test: 'scores' } } });
    }
    expect(trials).toHaveLength(2 * 5 * 3);
    expect(new Set(trials).size).toBe(3);
    expect(new Set(trials.slice(0, 3)).size).toBe(3);
    openSession({ ...options, seed: 2, task: tested({ score }) }).scores();
    expect(new Set(trials).size).toBe(6);
  });

  it('come of trials in which nothing falls by chance as in a trial of the session, or in each other', () => {
    const { engine, seed } = openSession(options);
    const { test } = tested();
    if (!test) throw new Error('the task has no test');
    const numbers: (number | undefined)[] = [];
    const trial: Engine['trial'] = (played, how) => {
      numbers.push(how?.number);
      return engine.trial(played, how);
    };
    const watched = new Proxy(engine, {
      get: (target, field): unknown => (field === 'trial' ? trial : Reflect.get(target, field)),
    });
    scoresOf(watched, test, seed);
    expect(numbers).toEqual([-1, -2, -3]);
  });

  it('are the worst there are where a value stops being finite, and the session goes on', async () => {
    const task = tested({
      scores: { ...error, right: { label: 'Right', better: 'higher' } },
      trial: (index, random) => {
        const trial = noise(9).trial(index, random);
        return index === 2 ? { ...trial, target: trial.target.fill(1e200) } : trial;
      },
      score: () => ({ error: 0, right: 1 }),
    });
    for (const engine of ['actors', 'kernels'] as const) {
      const events = await eventsOf({ ...options, learner: { learner: 'rflo', engine }, task, probes });
      expect(ofType(events, 'probe').map(({ values }) => [...values])).toEqual([
        [Infinity, -Infinity],
        [Infinity, -Infinity],
      ]);
      const plain = await eventsOf({ ...options, learner: { learner: 'rflo', engine } });
      expect(trialsOf(events)).toEqual(trialsOf(plain));
      expect(bytes(endOf(events).state.weights)).toBe(bytes(endOf(plain).state.weights));
    }
  });

  it('have the same bits on both engines and change nothing that is learned or carried, on any circuit', () => {
    const recipes = recipesWithin({ hidden: fc.integer({ min: 1, max: 5 }), dialled: true });
    const how = { schedule: fc.constantFrom('trial', 'online'), feedback: fc.constant('random' as const) } as const;
    fc.assert(
      fc.property(recipes, fc.record(how), (recipe, learning) => {
        const { built, trial } = cook(recipe);
        const pair = new Pair(built, learning);
        const other = new Pair(built, learning);
        if (typeof pair.trial(trial, { number: 1 }) !== 'number') return;
        other.trial(trial, { number: 1 });
        const test: Test = {
          ...{ scores: error, trials: 2, score: meanError },
          trial: (index) => randomTrial(built, recipe.timesteps + index, recipe.seed + index),
        };
        const [actors, kernels] = pair.engines.map((engine) => scoresOf(engine, test, recipe.seed));
        expect(kernels).toEqual(actors);
        // The pair compares its two engines with each other; here each is compared with one that was not tested.
        pair.trial(trial, { number: 2 });
        other.trial(trial, { number: 2 });
        pair.engines.forEach((engine, i) => {
          expect(bytes(engine.weights())).toBe(bytes(other.engines[i].weights()));
          expect(engine.carried()).toEqual(other.engines[i].carried());
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('a probe of scores', () => {
  const learners: readonly LearnerOptions[] = [
    { learner: 'rflo' },
    { learner: 'rflo', schedule: 'online' },
    { learner: 'rflo', engine: 'kernels' },
    { learner: 'rtrl', schedule: 'online', feedback: 'random' },
    { learner: 'bptt' },
    { learner: 'bptt', engine: 'kernels' },
    { learner: 'snap-1' },
  ];

  it.each(learners)('tests with the weights that the trial left, and changes no bit: %o', async (learner) => {
    const plain = await eventsOf({ ...options, learner });
    const events = await eventsOf({ ...options, learner, probes });
    expect(trialsOf(events)).toEqual(trialsOf(plain));
    expect(bytes(endOf(events).state.weights)).toBe(bytes(endOf(plain).state.weights));
    const readings = ofType(events, 'probe');
    expect(readings.map(({ trial, timestep }) => [trial, timestep])).toEqual([
      [2, null],
      [4, null],
    ]);
    for (const { trial, values } of readings) {
      const resumed = openSession({ ...options, learner, resume: statesOf(plain)[trial - 1] });
      expect([...values]).toEqual(Object.values(resumed.scores() ?? {}));
    }
    expect(readings[0].values).not.toEqual(readings[1].values);
  });

  it('reads the same in a session that goes on, which learns as if it had never stopped', async () => {
    const whole = await eventsOf({ ...options, probes });
    const resumed = await eventsOf({ ...options, probes, resume: statesOf(whole)[2] });
    expect(ofType(resumed, 'probe')).toEqual(ofType(whole, 'probe').slice(1));
    expect(bytes(endOf(resumed).state.weights)).toBe(bytes(endOf(whole).state.weights));
  });

  it('leaves what other probes read as the trial left it, wherever it stands among them', async () => {
    const others = {
      rates: { neurons: 'h', value: 'rate' },
      traces: { synapses: 'recurrent', value: 'p' },
      gradient: { gradient: 'alignment' },
    } as const;
    const alone = ofType(await eventsOf({ ...options, probes: others }), 'probe');
    const beside = ofType(await eventsOf({ ...options, probes: { ...probes, ...others } }), 'probe');
    expect(beside.filter(({ probe }) => probe !== 'learned')).toEqual(alone);
    expect(beside).toHaveLength(alone.length + 2);
  });

  it.each<[string, string]>([
    ['{ "test": "score" }', "probes.it.test: expected 'scores', got 'score'"],
    [
      '{ "test": "scores", "everyTimesteps": 2 }',
      'probes.it.everyTimesteps: unknown field; expected one of test, everyTrials',
    ],
    ['{ "test": "scores", "everyTrials": 0 }', 'probes.it.everyTrials: 0 is not a whole number, 1 or more'],
  ])('is refused: %s', (text, message) => {
    expect(refusal(() => openSession({ ...options, probes: { it: JSON.parse(text) as Probe } }))).toContain(message);
  });

  it('is refused where the task has no test', () => {
    const without: SessionOptions = { ...options, task: noise(6) };
    expect(openSession(without).scores()).toBeNull();
    expect(refusal(() => openSession({ ...without, probes }))).toContain(
      "probes.learned: the task 'noise' has no test; give it one, or leave this probe out",
    );
  });
});

describe('a test', () => {
  const label = 'A';
  it.each<[object, string]>([
    [{ trials: 0 }, 'task.test.trials: 0 is not a whole number above 0'],
    [{ shown: ['a', 'b', 'c', 'd'] }, 'task.test.shown: names 4 trials, but the test has only 3'],
    [{ scores: {} }, 'task.test.scores: is empty; give at least one score'],
    [{ scores: { 'a/b': { label, better: 'higher' } } }, "task.test.scores: 'a/b' is not a name; give letters, digits"],
    [
      { scores: { a: { label, better: 'more' } } },
      "task.test.scores.a.better: expected 'higher' or 'lower', got 'more'",
    ],
    [{ scores: { a: { label } } }, "task.test.scores.a.better: expected 'higher' or 'lower', got undefined"],
    [{ scores: { a: { label, better: 'lower', unit: 's' } } }, 'task.test.scores.a.unit: unknown field'],
    [{ tolerance: 3 }, 'task.test.tolerance: unknown field'],
    [
      { trial: () => ({ timesteps: 2, input: new Float64Array(2), target: new Float64Array(4) }) },
      'task.test: task.input: has 1 channel; the circuit has 2',
    ],
  ])('is refused where it is wrong: %o', (wrong, message) => {
    expect(refusal(() => openSession({ ...options, task: tested(wrong) }))).toContain(message);
  });

  it('fails the run where its own functions throw', async () => {
    const score = () => {
      throw new Error('no idea');
    };
    const events = await eventsOf({ ...options, task: tested({ score }), probes });
    expect(events.at(-1)).toMatchObject({ type: 'failed', error: { message: 'task.test (trial 2): no idea' } });
  });

  it('fails after the last trial with that trial named', async () => {
    const score = () => {
      throw new Error('no idea');
    };
    const session = openSession({ ...options, task: tested({ score }), trials: 3 });
    expect(failure(() => session.scores()).message).toBe('task.test: no idea');
    await lastValueFrom(session.run());
    expect(failure(() => session.scores()).message).toBe('task.test (trial 3): no idea');
  });

  it('fails the run where it gives a score that it does not name, or that is no number', () => {
    expect(failure(() => scored({ score: () => ({ mistake: 1 }) }))).toMatchObject({
      ...{ kind: 'input', actor: 'task.test.score: mistake' },
      problem: "unknown score; expected 'error'",
    });
    const text = JSON.parse('{ "error": "much" }') as Record<string, number>;
    const { message } = failure(() => scored({ score: () => text }));
    expect(message).toContain("task.test.score: error: 'much' is not a number");
  });

  it('fails the run where it gives no scores: nothing, or a promise', () => {
    const nothing = JSON.parse('null') as Record<string, number>;
    // Which is an object, too.
    const later = Promise.resolve() as object as Record<string, number>;
    for (const given of [nothing, later]) {
      expect(failure(() => scored({ score: () => given }))).toMatchObject({ kind: 'input', actor: 'task.test.score' });
    }
  });
});
