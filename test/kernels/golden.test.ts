import { beforeAll, expect, it } from 'vitest';
import { build } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { stream } from '../../src/random/index.ts';
import { Pair } from '../support/agreement.ts';
import { goldenDifference, goldenFiles, readGolden } from '../support/golden.ts';

beforeAll(loadKernels);

const vectors = goldenFiles.map((name) => ({ name, ...readGolden(name) }));
const local = vectors.filter(({ problem }) => problem.learner.algorithm === 'rflo');

it('there are reference vectors of RFLO', () => {
  expect(local.length).toBeGreaterThan(3);
});

it.each(local)('$name: kernels have every bit of the actors, and meet it', ({ problem, expected, tolerance }) => {
  const { schedule, feedback } = problem.learner;
  const pair = new Pair(build(problem.circuit, 1), { schedule, feedback });
  const losses = Array.from({ length: problem.trials }, (_, k) => {
    const trial = problem.task.trial(k + 1, stream(1));
    return Number(k % 2 === 0 ? pair.trial(trial) : pair.watchedTrial(trial));
  });
  const weights = pair.kernels.weights();
  const { w_in, w_rec, w_out } = problem.groups;
  expect(goldenDifference(losses, expected.loss)).toBeLessThanOrEqual(tolerance);
  expect(goldenDifference(w_in === null ? [] : weights[w_in], expected.w_in.flat())).toBeLessThanOrEqual(tolerance);
  expect(goldenDifference(weights[w_rec], expected.w_rec.flat())).toBeLessThanOrEqual(tolerance);
  expect(goldenDifference(weights[w_out], expected.w_out.flat())).toBeLessThanOrEqual(tolerance);
});
