import { beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner } from '../../src/locality/index.ts';
import { observe, openSession, scoresOf, sessionOptions, testTrial } from '../../src/training/index.ts';
import fig4 from '../../scenarios/murray2019-fig4.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

const small = { actions: 5, duration: 40, preparation: 10, units: 30, rank: 6, rate: 0.3, practice: 100 };

/** The chained network in little, after so many trials. */
async function learned(trials: number, engine: 'actors' | 'kernels') {
  const plan = fig4.plan({ settings: small, trials, engine });
  const session = openSession(sessionOptions(plan, plan.learners[0]));
  const { test } = plan.task;
  if (!test) throw new Error('the task has no test');
  const untrained = scoresOf(session.engine, test, 1);
  const { weights } = endOf(await eventsOf(session)).state;
  return { engine: session.engine, test, untrained, weights };
}

describe('Fig. 4', () => {
  it('chains in the shown order what was practised in any, and plays it all from the first cue', async () => {
    const { engine, test, untrained, weights } = await learned(200, 'kernels');
    const { actions, duration } = small;
    // From the end of an action (column) to the gate of the next (row), and nowhere else; after the last nothing was shown.
    for (let next = 0; next < actions; next++) {
      for (let ended = 0; ended < actions - 1; ended++) {
        expect(weights['chain'][next * actions + ended]).toBeCloseTo(next === ended + 1 ? 1 : 0, 1);
      }
    }
    // Untrained it puts out nothing: its error is the action's own power.
    expect(untrained).toEqual({ error: 1, 'largest error': 1 });
    expect(scoresOf(engine, test, 1)['largest error']).toBeLessThan(0.5);

    const gates = observe(engine, testTrial(test, 1, 1)).get('thalamus');
    const open = Array.from({ length: actions * duration }, (_, t) => gates?.subarray(t * actions, (t + 1) * actions));
    open.forEach((rates, t) => {
      const action = Math.floor(t / duration);
      expect([...(rates ?? [])]).toEqual(Array.from({ length: actions }, (_, k) => (k === action ? 1 : 0)));
    });
  });

  it('stops after the first action where the chain was not shown', async () => {
    const { engine, test } = await learned(100, 'kernels');
    const gates = observe(engine, testTrial(test, 1, 1)).get('thalamus');
    expect([...(gates ?? [])].filter((rate) => rate > 0)).toHaveLength(small.duration);
  });

  it('learns with the same bits on both engines', async () => {
    const [kernels, actors] = [await learned(5, 'kernels'), await learned(5, 'actors')];
    expect(kernels.weights).toEqual(actors.weights);
  });

  it('is local: every learning synapse is certified', () => {
    const { circuit, learners } = fig4.plan({ settings: small });
    const { synapses, crossing } = certifyLearner(build(circuit, 1), learners[0]);
    const [loop, readout] = ['three-factor, broadcast vector through fixed feedback', 'three-factor, gating neuron'];
    expect(crossing).toEqual([]);
    expect(synapses.map(({ group, class: needed }) => [group, needed])).toEqual([
      ['chain', 'two-factor local'],
      ...[1, 2, 3, 4, 5].flatMap((k) => [
        [`loop${k}`, loop],
        [`readout${k}`, readout],
      ]),
    ]);
    const gated = synapses.filter(({ needs }) => needs.some((need) => need.class === readout));
    expect(gated.map(({ group }) => group)).toEqual(synapses.slice(1).map(({ group }) => group));
  });

  it('has the same timesteps of training for all three learners', () => {
    const lengths = ['chained', 'RFLO at once', 'BPTT at once'].map((learner) => {
      const plan = fig4.plan({ settings: { ...small, learner } });
      return [plan.learners[0].trials, plan.task.trial(1, () => 0.5).timesteps, plan.learners[0].algorithm.name];
    });
    expect(lengths).toEqual([
      [1000, 200, 'local'],
      [1000, 200, 'local'],
      [1000, 200, 'bptt'],
    ]);
  });
});
