import { EigenvalueDecomposition, Matrix as Numbers } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { measured, type LayerMeasures } from '../../scenarios/systems/layer-measures.ts';
import { stream } from '../../src/random/index.ts';
import { ojaVector, type Matrix, type OjaVector } from '../support/oja-vectors.ts';

const typed = (matrix: Matrix) => Float64Array.from(matrix.flat());
const turned = (matrix: Matrix) => matrix[0].map((_, j) => matrix.map((row) => row[j]));

/** Measures the network of a problem, with the weights that it begins with, on its first samples. */
function measuresOf({ problem }: OjaVector, samples = 1, feedback = problem.feedback): LayerMeasures[] {
  const { sizes, activation, weights } = problem;
  const back = feedback === 'symmetric' ? weights : feedback;
  const groups = weights.flatMap((w, k) => [
    [`forward${k + 1}`, typed(w)] as const,
    [`errors${k + 1}`, typed(turned(back[k]))] as const,
  ]);
  const all = problem.samples.slice(0, samples);
  return measured(Object.fromEntries(groups), {
    ...{ sizes, beta: activation.beta, inputs: all.map(({ input }) => Float64Array.from(input)) },
    labels: all.map(({ label }) =>
      Float64Array.from({ length: sizes[sizes.length - 1] }, (_, i) => Number(i === label)),
    ),
  });
}

function covarianceOf(rates: Numbers): Numbers {
  const off = rates.clone().subRowVector(rates.mean('column'));
  return off.transpose().mmul(off);
}

describe('measures of layers', () => {
  const vector = ojaVector('oja-random-feedback-alone');

  it('E and the norm are those of an independent program', () => {
    measuresOf(vector).forEach(({ unorthonormal, norm }, k) => {
      expect(unorthonormal).toBeCloseTo(vector.expected.orthonormality[0][k], 12);
      expect(norm).toBeCloseTo(Math.hypot(...vector.problem.weights[k].flat()), 12);
    });
  });

  it('the angle is that between the errors of an independent program and those of backprop', () => {
    const { problem, expected } = vector;
    const { beta } = problem.activation;
    const layers = problem.weights.length;
    let exact = expected.first.errors[layers];
    const found = measuresOf(vector);
    for (let l = layers; l >= 1; l--) {
      const given = expected.first.errors[l];
      const inner = given.reduce((sum, e, i) => sum + e * exact[i], 0);
      const cosine = inner / (Math.hypot(...given) * Math.hypot(...exact));
      expect(found[l - 1].angle).toBeCloseTo((180 / Math.PI) * Math.acos(Math.min(1, cosine)), 5);
      if (l === 1) return;
      const below = expected.first.rates[l - 2];
      exact = below.map((y, j) => (1 - Math.exp(-beta * y)) * exact.reduce((sum, e, i) => sum + e * problem.weights[l - 1][i][j], 0)); // prettier-ignore
    }
  });

  it('the angle is 0 where the feedback is W transposed', () => {
    for (const { angle } of measuresOf(vector, 1, 'symmetric')) expect(angle).toBeLessThan(1e-5);
  });

  it('the participation ratio is that of the eigenvalues of the covariance', () => {
    const draw = stream(1, 'participation');
    const inputs = Array.from({ length: 30 }, () => Float64Array.from({ length: 4 }, draw));
    const eye = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (__, j) => Number(i === j)));
    const groups = { forward1: typed(eye), forward2: typed(eye), errors1: typed(eye), errors2: typed(eye) };
    const [{ participation }] = measured(groups, { sizes: [4, 4, 4], beta: 10, inputs, labels: inputs });
    const rates = new Numbers(inputs.map((row) => Array.from(row, (x) => x + Math.log1p(Math.exp(-10 * x)) / 10)));
    const values = new EigenvalueDecomposition(covarianceOf(rates)).realEigenvalues;
    const sum = values.reduce((all, value) => all + value, 0);
    expect(participation).toBeCloseTo((sum * sum) / values.reduce((all, value) => all + value * value, 0), 10);
  });
});
