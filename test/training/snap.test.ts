import { beforeAll, describe, expect, it } from 'vitest';
import { circuit, type Circuit } from '../../src/circuit/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import {
  engineOf,
  loadEngines,
  openSession,
  resolveLearner,
  scenario,
  lackOf,
  withoutKernels,
  type Learner,
  type LearnerOptions,
  type PlanOverrides,
} from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { endOf, eventsOf, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

const resolved = (learner: LearnerOptions | string, more: object = {}, on: Circuit = threeMatrices()) =>
  resolveLearner(learner, on, { trials: 5, ...more });

describe('the learners snap-1, snap-2, ...', () => {
  it.each(['snap-1', 'snap-3', 'snap-12'] as const)(
    '%s is SnAp-n, with the exact credit unless told otherwise',
    (name) => {
      expect(resolved(name)).toMatchObject({ name, algorithm: { name }, feedback: 'symmetric', schedule: 'trial' });
      expect(resolved({ learner: name, feedback: 'random', schedule: 'online' }).name).toBe(`${name}-online-random`);
      expect(engineOf(resolved(name))).toBe(name);
    },
  );

  it.each([
    'snap-0',
    'snap-1.5',
    'snap-01',
    'snap--1',
    'snap-',
    'snap',
    'snap-n',
    'snap-1e3',
    'snap-99999999999999999',
  ])('there is no %s', (name) => {
    expect(refusal(() => resolved(name))).toBe(
      `learner: expected 'snap-n' with n a whole number, 1 or more, such as 'snap-1', got '${name}'`,
    );
  });

  it('are told of where a learner is none', () => {
    expect(refusal(() => resolved('hebb'))).toMatch(/^learner: unknown learner 'hebb'; expected .* 'snap-1', 'snap-2'/);
  });

  it('take their names from rules, but no others', () => {
    const withRule = (name: string) => {
      const { neurons, synapses } = threeMatrices();
      const rule = plasticityRule({ name, params: { eta: 0.1 }, change: ({ eta }) => eta })();
      return circuit({ neurons, synapses: { ...synapses, recurrent: { ...synapses['recurrent'], rule } } });
    };
    expect(refusal(() => resolved('bptt', {}, withRule('snap-2')))).toContain(
      "rule 'snap-2': has the name of a built-in algorithm",
    );
    expect(resolved('snap-shot', {}, withRule('snap-shot')).algorithm.name).toBe('local');
  });

  it('learn in sessions, and go on where they stopped with the same bits', async () => {
    const options = { circuit: threeMatrices(), task: noise(), trials: 6, checkpointSeconds: 1e-9 } as const;
    for (const learner of ['snap-1', { learner: 'snap-2', schedule: 'online', feedback: 'random' }] as const) {
      const whole = await eventsOf({ ...options, learner });
      const resumed = await eventsOf({ ...options, learner, resume: statesOf(whole)[2] });
      expect(trialsOf(resumed)).toEqual(trialsOf(whole).slice(3));
      expect(bytes(endOf(resumed).state.weights)).toBe(bytes(endOf(whole).state.weights));
    }
  });

  it('have the losses of RTRL where the circuit is dense', async () => {
    const options = { circuit: threeMatrices(), task: noise(), trials: 4 } as const;
    const losses = async (learner: 'snap-2' | 'rtrl') =>
      trialsOf(await eventsOf({ ...options, learner: { learner, feedback: 'random' } })).map(({ loss }) => loss);
    expect(await losses('snap-2')).toEqual(await losses('rtrl'));
  });
});

/** As a summary has them. */
const told = (learners: readonly Learner[]) =>
  learners.map((learner) => ({
    ...{ name: learner.name, title: learner.algorithm.title },
    lack: lackOf(learner, { circuit: threeMatrices(), carry: false }),
  }));

describe('without kernels', () => {
  beforeAll(() => loadEngines([{ engine: 'kernels' }]));

  it('they run in the plain solver where no engine was named, and that is said', () => {
    const learners = (['rflo', 'snap-1', 'snap-2'] as const).map((name) => resolved(name, { usualEngine: 'kernels' }));
    expect(learners.map(({ engine }) => engine)).toEqual(['kernels', 'actors', 'actors']);
    expect(withoutKernels(told(learners))).toEqual([
      'snap-1, snap-2: SnAp has no kernels and runs in the plain solver',
    ]);
    expect(withoutKernels(told(learners.slice(0, 1)))).toEqual([]);
  });

  it('they are refused where kernels, or what only kernels have, were asked for', () => {
    const mend = "engine: 'kernels' cannot run 'snap-2', which has no kernels; leave it out, or run its plain solver";
    expect(refusal(() => resolved({ learner: 'snap-2', engine: 'kernels' }))).toContain(mend);
    expect(
      refusal(() =>
        openSession({
          ...{ circuit: threeMatrices(), task: noise() },
          learner: { learner: 'snap-2', engine: 'kernels' },
        }),
      ),
    ).toContain(mend);
    expect(refusal(() => resolved('snap-2', { precision: 'f32', usualEngine: 'kernels' }))).toBe(
      "precision: 'f32' is only for kernels: the actors and the plain solvers are float64; leave it out: 'snap-2' has no kernels",
    );
  });

  it('they run beside learners on the engines that were named for all', () => {
    const plan = (overrides: PlanOverrides, compare: readonly LearnerOptions[]) =>
      scenario<string>({ title: 'Both', circuit: () => threeMatrices(), task: () => noise(), compare })
        .plan(overrides)
        .learners.map(({ name, engine }) => `${name} ${engine}`);
    const two = [{ learner: 'rflo' }, { learner: 'snap-2' }];
    for (const engine of [['actors', 'kernels'] as const, ['kernels', 'actors'] as const]) {
      expect(plan({ engine }, two)).toEqual([`rflo ${engine[0]}`, `rflo-${engine[1]} ${engine[1]}`, 'snap-2 actors']);
    }
    expect(plan({ engine: 'kernels' }, two)).toEqual(['rflo kernels', 'snap-2 actors']);
    expect(refusal(() => plan({}, [...two, { learner: 'snap-2', engine: 'actors' }]))).toContain(
      'are the same learner',
    );
  });
});
