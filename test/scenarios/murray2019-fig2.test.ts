import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { openSession, sessionOptions, type Scenario, type Settings } from '../../src/training/index.ts';
import fig2 from '../../scenarios/murray2019-fig2.ts';
import supplements from '../../scenarios/murray2019-fig2-supplements.ts';
import { refusal } from '../refusal.ts';
import { endOf, eventsOf, trialsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

const TRIALS = 3;
const variants = supplements.sweep?.grid['variant'].map(String) ?? [];

/** The first trials of a scenario's learner: its losses, and its weights before and after. */
async function begun(scenario: Scenario, settings: Settings, learner?: string) {
  const plan = scenario.plan({ settings, trials: TRIALS, engine: 'kernels', ...(learner && { learners: [learner] }) });
  const session = openSession(sessionOptions(plan, plan.learners[0]));
  const before = session.state().weights;
  const events = await eventsOf(session);
  return { losses: trialsOf(events).map(({ loss }) => loss), before, after: endOf(events).state.weights };
}

describe('Fig. 2', () => {
  it('takes each of the two steps from BPTT to RFLO alone', () => {
    const learnerOf = (name: string) => {
      const [{ algorithm, feedback, schedule }] = fig2.plan({ learners: [name] }).learners;
      return [algorithm.name, feedback, schedule];
    };
    const swept = fig2.sweep?.grid['learner'].map(String) ?? [];
    expect(Object.fromEntries(swept.map((name) => [name, learnerOf(name)]))).toEqual({
      rflo: ['local', 'random', 'trial'],
      bptt: ['bptt', 'symmetric', 'trial'],
      'local without random': ['local', 'symmetric', 'trial'],
      'random without local': ['bptt', 'random', 'trial'],
    });
  });

  it('is tuned over the rate, over nine seeds and periods of 20 to 160 time constants of ten timesteps', () => {
    const { circuit, task } = fig2.plan();
    expect(circuit.neurons['h']).toMatchObject({ size: 30, params: { tau: 10 } });
    expect(task).toMatchObject({ name: 'periodic', inputs: 0 });
    expect(fig2.sweep).toMatchObject({ best: 'rate', seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
    expect(fig2.sweep?.grid['period']).toEqual([200, 400, 800, 1600]);
  });
});

describe('the supplements of Fig. 2', () => {
  it('have variants that the command line can take', () => {
    expect(variants.length).toBeGreaterThan(15);
    for (const name of variants) expect(name).not.toMatch(/[,=]/);
    expect(refusal(() => supplements.plan({ settings: { variant: 'RFLO: dear' } }))).toMatch(
      /^option variant: 'RFLO: dear' is unknown; give one of RFLO, BPTT, /,
    );
  });

  it('begin with the network of Fig. 2: where nothing is otherwise, it learns with the same bits', async () => {
    for (const [variant, learner] of [
      ['RFLO', 'rflo'],
      ['BPTT', 'bptt'],
    ]) {
      const [one, other] = [await begun(supplements, { variant }), await begun(fig2, {}, learner)];
      expect(one.losses).toEqual(other.losses);
      for (const group of ['recurrent', 'readout']) expect(one.after[group]).toEqual(other.after[group]);
    }
  });

  it('differ each from all others, and keep what is fixed', async () => {
    const losses = new Set<string>();
    for (const variant of variants) {
      const { losses: own, before, after } = await begun(supplements, { variant, rate: 0.03 });
      losses.add(JSON.stringify(own));
      const fixed = /(input|recurrent|readout) fixed/.exec(variant)?.[1];
      for (const group of ['input', 'recurrent', 'readout']) {
        const silent = group === 'input' && !variant.includes('constant input');
        const changed = after[group].some((weight, k) => weight !== before[group][k]);
        expect({ variant, group, changed }).toEqual({ variant, group, changed: group !== fixed && !silent });
      }
      const excitatory = /(\d+)% excitatory/.exec(variant)?.[1];
      if (excitatory === undefined) continue;
      after['recurrent'].forEach((weight, k) => {
        expect(k % 30 < (30 * Number(excitatory)) / 100 ? weight : -weight).toBeGreaterThanOrEqual(0);
      });
    }
    expect(losses.size).toBe(variants.length);
  });
});
