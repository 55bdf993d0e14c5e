import { beforeAll, describe, expect, it } from 'vitest';
import scenario from '../../scenarios/periodic.ts';
import { loadEngines, openSession } from '../../src/training/index.ts';
import { eventsOf, trialsOf } from '../support/sessions.ts';

const TRIALS = 2000;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

/** The losses and the alignments of the paper's example: Murray (2019), Fig. 2, by the settings of the public example. */
async function learn(engine: 'actors' | 'kernels', seed: number, trials: number) {
  const { circuit, task } = scenario.plan();
  const events = await eventsOf(openSession({ circuit, task, learner: { learner: 'rflo', engine }, seed, trials }));
  const learned = trialsOf(events);
  return { losses: learned.map(({ loss }) => loss), alignments: learned.map(({ alignment }) => alignment ?? NaN) };
}

describe("RFLO on the paper's periodic task", () => {
  it('learns, and its readout aligns with its random feedback', async () => {
    // A fifth of the paper's trials.
    const runs = await Promise.all([1, 2, 3].map((seed) => learn('kernels', seed, TRIALS)));
    // Untrained, 0.33; with the readout alone learning, 0.031 to 0.044. With RFLO it was 0.004 to 0.017 over seeds 1 to 15.
    expect(median(runs.map(({ losses }) => losses[0]))).toBeGreaterThan(0.25);
    expect(median(runs.map(({ losses }) => mean(losses.slice(-100))))).toBeLessThan(0.02);
    // At the start chance, |cosine| of about 1/sqrt(50); over the same seeds 0.67 to 0.83 at the end.
    const [first, last] = [0, TRIALS - 1].map((at) => median(runs.map(({ alignments }) => alignments[at])));
    expect(Math.abs(first)).toBeLessThan(0.3);
    expect(last).toBeGreaterThan(0.6);
  });

  it('does so with the same bits by actors', async () => {
    expect(await learn('actors', 1, 100)).toEqual(await learn('kernels', 1, 100));
  });
});
