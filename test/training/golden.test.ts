import { describe, expect, it } from 'vitest';
import { engineOf, openSession } from '../../src/training/index.ts';
import { goldenDifference, goldenFiles, readGolden } from '../support/golden.ts';
import { endOf, eventsOf, trialsOf } from '../support/sessions.ts';

describe('the reference vectors', () => {
  it('are all there', () => {
    expect(goldenFiles).toHaveLength(9);
  });

  it.each(goldenFiles)('%s is met within its tolerance', async (name) => {
    const { problem, expected, tolerance } = readGolden(name);
    const { algorithm, ...how } = problem.learner;
    const session = openSession({
      circuit: problem.circuit,
      task: problem.task,
      learner: { learner: algorithm, ...how },
      trials: problem.trials,
    });
    expect(engineOf(session.learner)).toBe(algorithm === 'rflo' ? 'actors' : algorithm);

    const events = await eventsOf(session);
    const trials = trialsOf(events);
    const { weights } = endOf(events).state;
    const { w_in, w_rec, w_out } = problem.groups;
    const differences = {
      loss: goldenDifference(
        trials.map(({ loss }) => loss),
        expected.loss,
      ),
      alignment: goldenDifference(
        trials.map(({ alignment }) => alignment),
        expected.alignment,
      ),
      w_in: goldenDifference(w_in === null ? [] : weights[w_in], expected.w_in.flat()),
      w_rec: goldenDifference(weights[w_rec], expected.w_rec.flat()),
      w_out: goldenDifference(weights[w_out], expected.w_out.flat()),
    };
    for (const [what, difference] of Object.entries(differences)) {
      expect(difference, what).toBeLessThanOrEqual(tolerance);
    }
    expect(Object.keys(weights)).toHaveLength(w_in === null ? 2 : 3);
  });
});
