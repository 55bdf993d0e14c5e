import { describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { bptt, rtrl } from '../../src/solvers/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import {
  openSession,
  scenario,
  sessionOptions,
  type PlanOverrides,
  type ScenarioDefinition,
} from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';

const definition = {
  title: 'Noise',
  options: { units: 4, kind: 'plain', fast: true, rate: 0.5 },
  circuit: ({ units, rate }) => threeMatrices({ units, rate }),
  task: ({ units }) => noise(units),
  compare: ['rflo', 'bptt', { learner: 'rtrl', trials: 20 }],
} satisfies ScenarioDefinition<{ units: number; kind: string; fast: boolean; rate: number }, 'rflo' | 'delta'>;

const actors = { batch: 1, engine: 'actors', precision: 'f64', rateHalfLife: 0 };

const plan = (overrides?: PlanOverrides, more: object = {}) =>
  scenario<'rflo' | 'delta', typeof definition.options>({ ...definition, ...more }).plan(overrides);

describe('a scenario', () => {
  it('is planned with its defaults', () => {
    const planned = plan();
    expect(planned).toMatchObject({ title: 'Noise', trials: 1000, seed: 1, probes: {}, settings: definition.options });
    expect(planned.learners).toEqual([
      { ...actors, name: 'rflo', algorithm: local(), feedback: 'random', schedule: 'trial', trials: 1000 },
      { ...actors, name: 'bptt', algorithm: bptt(), feedback: 'symmetric', schedule: 'trial', trials: 1000 },
      { ...actors, name: 'rtrl', algorithm: rtrl(), feedback: 'symmetric', schedule: 'trial', trials: 20 },
    ]);
    for (const field of ['targetLoss', 'patience', 'seconds']) expect(planned).not.toHaveProperty(field);
  });

  it('hands its settings on to circuit and task', () => {
    const planned = plan({ settings: { units: 7, rate: 0.25 } });
    expect(planned.settings).toEqual({ ...definition.options, units: 7, rate: 0.25 });
    expect(planned.circuit.neurons['h'].size).toBe(7);
    expect(planned.circuit.synapses['recurrent'].rule?.params).toEqual({ eta: 0.25 });
    expect(planned.task.settings).toEqual({ timesteps: 7 });
  });

  it('takes stop rules, seed, schedule and feedback from outside before its own', () => {
    const own = {
      trials: 50,
      patience: 5,
      targetLoss: 0.1,
      seconds: 9,
      seed: 4,
      schedule: 'online',
      feedback: 'symmetric',
    };
    const compare = ['rflo', 'rtrl'];
    expect(plan({}, { ...own, compare })).toMatchObject({
      trials: 50,
      patience: 5,
      targetLoss: 0.1,
      seconds: 9,
      seed: 4,
    });
    expect(plan({}, { ...own, compare }).learners).toMatchObject([
      { name: 'rflo-online-weight-transport', schedule: 'online', feedback: 'symmetric', trials: 50 },
      { name: 'rtrl-online', schedule: 'online', feedback: 'symmetric', trials: 50 },
    ]);
    const other = plan(
      { trials: 10, patience: 2, seed: 0, schedule: 'trial', feedback: 'random' },
      { ...own, compare },
    );
    expect(other).toMatchObject({ trials: 10, patience: 2, targetLoss: 0.1, seconds: 9, seed: 0 });
    expect(other.learners).toMatchObject([
      { name: 'rflo', schedule: 'trial', feedback: 'random', trials: 10 },
      { name: 'rtrl-random', schedule: 'trial', feedback: 'random', trials: 10 },
    ]);
  });

  it("keeps a learner's own schedule, feedback, name and limit of trials", () => {
    const compare = [
      { learner: 'local', schedule: 'online', name: 'by day' },
      { learner: 'rtrl', feedback: 'random', trials: 5000 },
    ];
    expect(plan({ schedule: 'trial', feedback: 'symmetric', trials: 30 }, { compare }).learners).toEqual([
      { ...actors, name: 'by day', algorithm: local(), schedule: 'online', feedback: 'symmetric', trials: 30 },
      { ...actors, name: 'rtrl-random', algorithm: rtrl(), schedule: 'trial', feedback: 'random', trials: 30 },
    ]);
  });

  it('has rates that fall as it says, or as its options do, where a learner says nothing itself', () => {
    const halfLives = (more: object, settings = {}) =>
      plan({ settings }, more).learners.map(({ name, rateHalfLife }) => [name, rateHalfLife]);
    const compare = ['rflo', { learner: 'rflo', rateHalfLife: 2.5 }, { learner: 'bptt', rateHalfLife: 0 }];
    expect(halfLives({ compare })).toEqual([
      ['rflo', 0],
      ['rflo-half-life-2.5', 2.5],
      ['bptt', 0],
    ]);
    expect(halfLives({ compare, rateHalfLife: 300 }).map(([, halfLife]) => halfLife)).toEqual([300, 2.5, 0]);
    const rateHalfLife = ({ units }: { units: number }) => 100 * (units - 1);
    expect(halfLives({ compare, rateHalfLife }, { units: 7 }).map(([, halfLife]) => halfLife)).toEqual([600, 2.5, 0]);
    expect(halfLives({ rateHalfLife }, { units: 1 })).toEqual([
      ['rflo', 0],
      ['bptt', 0],
      ['rtrl', 0],
    ]);
  });

  it('runs only the learners that are asked for: its own by their names, others by what they are', () => {
    const planned = plan({ learners: ['rtrl', 'delta'] });
    expect(planned.learners.map(({ name, algorithm, trials }) => [name, algorithm.name, trials])).toEqual([
      ['rtrl', 'rtrl', 20],
      ['delta', 'local', 1000],
    ]);
  });

  it('refuses two names for one and the same learner', () => {
    expect(refusal(() => plan({ learners: ['delta', 'local'] }))).toBe(
      "compare: 'delta' and 'local' are the same learner: a rule's name means all the rules of the circuit; leave one out",
    );
  });

  it('has a plan that a session can be opened with', () => {
    const planned = plan({ trials: 3 });
    const session = openSession(sessionOptions(planned, planned.learners[2]));
    expect([session.learner, session.seed]).toEqual([planned.learners[2], 1]);
  });

  it('without options has none to set', () => {
    const plain = scenario({
      title: 'Plain',
      circuit: () => threeMatrices(),
      task: () => periodic(),
      compare: ['rflo'],
    });
    expect(plain.plan().settings).toEqual({});
    expect(refusal(() => plain.plan({ settings: { units: 3 } }))).toBe(
      'option units: unknown option; this scenario has no options',
    );
  });
});

describe('a scenario that cannot be planned', () => {
  it.each<[PlanOverrides, string]>([
    [{ settings: { unit: 3 } }, "option unit: unknown option; expected 'units', 'kind', 'fast' or 'rate'"],
    [{ settings: { units: '3' } }, "option units: expected a finite number, such as the default 4, got '3'"],
    [{ settings: { units: NaN } }, 'option units: expected text, a finite number, true or false, got NaN'],
    [{ settings: { kind: 3 } }, "option kind: expected text, such as the default 'plain', got 3"],
    [{ settings: { fast: 'yes' } }, "option fast: expected true or false, such as the default true, got 'yes'"],
    [{ settings: { toString: 3 } }, "option toString: unknown option; expected 'units'"],
    [
      { learners: ['hebb'] },
      "learner: unknown learner 'hebb'; expected 'rflo', 'delta', 'local', 'bptt', 'rtrl', 'uoro'",
    ],
    [{ learners: ['rflo', 'rflo'] }, "learner: 'rflo' is named twice; name it once"],
  ])('says why: %o', (overrides, message) => {
    expect(refusal(() => plan(overrides))).toContain(message);
  });

  it.each([
    [
      { compare: ['rflo', { learner: 'rflo' }] },
      "compare: two learners are called 'rflo'; give one of them a different name: { ..., name: 'rflo-2' }",
    ],
    [{ compare: [{ learner: 'rtrl', name: 'bptt' }, 'bptt'] }, "compare: two learners are called 'bptt'"],
    [
      { compare: ['backprop'] },
      "learner: unknown learner 'backprop'; expected 'rflo', 'delta', 'local', 'bptt', 'rtrl', 'uoro'",
    ],
    [{ compare: [{ learner: 'rtrl', trials: 2.5 }] }, 'learner.trials: 2.5 is not a whole number above 0'],
    [
      { compare: [{ learner: 'rtrl', rateHalfLife: -1 }] },
      'rateHalfLife: -1 is not a number of trials; give one above 0, or 0 for learning rates that do not fall',
    ],
    [{ rateHalfLife: Infinity }, 'rateHalfLife: Infinity is not a number of trials'],
    [{ rateHalfLife: () => NaN }, 'rateHalfLife: NaN is not a number of trials'],
    [{ rateHalfLife: '500' }, "rateHalfLife: '500' is not a number of trials"],
    [{ compare: [] }, "compare: expected a list of learners, such as ['rflo', 'bptt'], got []"],
    [{ compare: 'rflo' }, "compare: expected a list of learners, such as ['rflo', 'bptt'], got 'rflo'"],
    [{ compare: ['rflo', null] }, 'compare[1]: null is not a learner'],
    [{ compare: () => [undefined] }, 'compare[0]: undefined is not a learner'],
    [{ compare: [3] }, 'compare[0]: 3 is not a learner'],
    [{ compare: ['rflo', Promise.resolve('bptt')] }, 'compare[1]: a promise is not a learner'],
    [{ title: '  ' }, 'title: is missing; give one'],
    [{ title: 3 }, 'title: expected text, got 3'],
    [{ circuit: threeMatrices() }, 'is not a function; write circuit: () => ...'],
    [{ circuit: () => undefined }, 'circuit: gives undefined, which is not a circuit'],
    [
      { circuit: () => Promise.resolve(threeMatrices()) },
      'circuit: gives a promise, which is not a circuit; write circuit: () => circuit({ ... })',
    ],
    [
      { task: () => null },
      'task: expected a task, such as periodic(), or { name, inputs, outputs, settings, trial }, got null',
    ],
    [{ task: () => ({ ...periodic(), name: undefined }) }, 'task.name: expected a name, as text, got undefined'],
    [{ task: () => ({ ...periodic(), inputs: -1 }) }, 'task.inputs: -1 is not a whole number of channels, 0 or more'],
    [{ task: () => ({ ...periodic(), outputs: 'y' }) }, "task.outputs: 'y' is not a whole number of channels"],
    [
      { task: () => ({ ...periodic(), settings: [] }) },
      'task.settings: expected what fixes the task, such as { period: 5 }, or {}, got []',
    ],
    [{ task: () => ({ ...periodic(), trial: {} }) }, 'is not a function; write trial: (index, random) =>'],
    [{ task: () => ({ ...periodic(), settings: { weight: 1n } }) }, 'task.settings: cannot be written as JSON'],
    [
      { options: { units: 3, bits: Infinity } },
      'options.bits: expected text, a finite number, true or false, got Infinity',
    ],
    [{ options: { units: null } }, 'options.units: expected text, a finite number, true or false, got null'],
    [{ options: ['units'] }, 'options: expected defaults by name, such as { units: 50 }, got ["units"]'],
    [{ task: undefined }, 'task: undefined is not a function; write task: () => ...'],
    [
      { learners: ['rflo'] },
      'learners: unknown field; expected one of title, options, circuit, task, compare, seed, carry, probes',
    ],
  ])('says why: %o', (wrong, message) => {
    expect(refusal(() => plan({}, wrong))).toContain(message);
  });
});
