import { describe, expect, it } from 'vitest';
import scenario from '../../scenarios/periodic.ts';
import { openSession } from '../../src/training/index.ts';
import { eventsOf, trialsOf } from '../support/sessions.ts';

const TRIALS = 2000;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** The paper's example, a fifth of its way: Murray (2019), Fig. 2, by the settings of the public example. */
async function learn(seed: number) {
  const { circuit, task } = scenario.plan();
  const trials = trialsOf(await eventsOf(openSession({ circuit, task, learner: 'rflo', seed, trials: TRIALS })));
  const losses = trials.map(({ loss }) => loss);
  const alignments = trials.map(({ alignment }) => alignment ?? NaN);
  return { start: losses[0], end: mean(losses.slice(-100)), aligned: [alignments[0], alignments[TRIALS - 1]] };
}

describe("RFLO by actors on the paper's periodic task", () => {
  it('learns, and its readout aligns with its random feedback', async () => {
    const runs = await Promise.all([1, 2, 3].map(learn));
    // Untrained, 0.33; with the readout alone learning, 0.031 to 0.044. With RFLO it was 0.004 to 0.017 over seeds 1 to 15.
    expect(median(runs.map(({ start }) => start))).toBeGreaterThan(0.25);
    expect(median(runs.map(({ end }) => end))).toBeLessThan(0.02);
    // At the start chance, |cosine| of about 1/sqrt(50); over the same seeds 0.67 to 0.83 at the end.
    const [first, last] = [0, 1].map((at) => median(runs.map(({ aligned }) => aligned[at])));
    expect(Math.abs(first)).toBeLessThan(0.3);
    expect(last).toBeGreaterThan(0.6);
  });
});
