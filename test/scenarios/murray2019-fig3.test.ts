import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { stream } from '../../src/random/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { openSession, sessionOptions, testTrial } from '../../src/training/index.ts';
import fig3 from '../../scenarios/murray2019-fig3.ts';
import { refusal } from '../refusal.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

const learners = fig3.sweep?.grid['learner'].map(String) ?? [];

/** The delay between a trial's two pulses. */
function delayOf({ input }: Trial): number {
  const begins = [...input.keys()].filter((t) => input[t] === 1 && input[t - 1] !== 1);
  return begins[1] - begins[0];
}

describe('Fig. 3', () => {
  it('changes the weights that its learner is to learn with, and no others', async () => {
    const changed = await Promise.all(
      learners.map(async (learner) => {
        const plan = fig3.plan({ settings: { learner, units: 10, delays: '30 to 40' }, trials: 2, engine: 'kernels' });
        const session = openSession(sessionOptions(plan, plan.learners[0]));
        const before = session.state().weights;
        const after = endOf(await eventsOf(session)).state.weights;
        const groups = Object.keys(after).filter((group) => after[group].some((w, k) => w !== before[group][k]));
        return [plan.learners[0].name, plan.learners[0].algorithm.name, plan.learners[0].rateHalfLife, ...groups];
      }),
    );
    expect(changed).toEqual([
      ['RFLO', 'local', 1000, 'input', 'recurrent', 'readout'],
      ['BPTT', 'bptt', 0, 'input', 'recurrent', 'readout'],
      ['readout alone', 'local', 1000, 'readout'],
    ]);
  });

  it('leaves a fifth of the delays out of training, and has them in the test', () => {
    const { task } = fig3.plan();
    const { test } = task;
    if (!test) throw new Error('the task has no test');
    const trained = Array.from({ length: 400 }, (_, i) => delayOf(task.trial(i + 1, stream(1, 'task', i + 1))));
    const tested = Array.from({ length: test.trials }, (_, i) => delayOf(testTrial(test, 1, i + 1)));
    const unseen = (delay: number) => delay >= 190 && delay <= 210;
    expect([Math.min(...trained), Math.max(...trained), trained.some(unseen)]).toEqual([150, 250, false]);
    expect(tested.filter(unseen).length).toBeGreaterThan(10);
    expect(tested.filter((delay) => !unseen(delay)).length).toBeGreaterThan(50);
  });

  it('has delays that are always the same, too, and says which ranges are none', () => {
    const { task } = fig3.plan({ settings: { delays: '200 to 200' } });
    expect([1, 2, 3].map((i) => delayOf(task.trial(i, stream(1, 'task', i))))).toEqual([200, 200, 200]);
    expect(refusal(() => fig3.plan({ settings: { delays: '150-250' } }))).toBe(
      "option delays: expected a range of timesteps, such as 150 to 250, got '150-250'",
    );
    expect(refusal(() => fig3.plan({ settings: { learner: 'Hebb' } }))).toMatch(/^option learner: 'Hebb' is unknown/);
  });
});
