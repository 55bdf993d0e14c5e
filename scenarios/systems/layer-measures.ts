import type { GroupWeights } from 'rxflo';
import { angle, mixed, product, rowsOf, squares, transposed, type Rows } from './dense.ts';

// Measures from the papers on Oja's rule and on meta-learned plasticity, for each layer of a network of `ojaCircuit` or `metaCircuit`.

export interface LayerMeasures {
  /** |W_l|, Frobenius. */
  readonly norm: number;
  /** E_l, the mean of |W_l (y_{l-1} - W_l' y_l)|^2 over samples: 0 where the rows of W_l are orthonormal and neurons linear. */
  readonly unorthonormal: number;
  /** (sum lambda)^2 / sum lambda^2 over the eigenvalues of the covariance of the layer's rates: the number of directions in which they vary. */
  readonly participation: number;
  /** alpha_l, degrees between the mean error of the layer through the circuit's feedback and that through W'. */
  readonly angle: number;
}

export interface Asked {
  /** From the input to the output. */
  readonly sizes: readonly number[];
  readonly beta: number;
  /** Row = sample: rates of the input; one-hot labels. */
  readonly inputs: Rows;
  readonly labels: Rows;
}

/** Measures a network with these weights, by group: `forward1`, `errors1` and so on. */
export function measured(weights: GroupWeights, { sizes, beta, inputs, labels }: Asked): LayerMeasures[] {
  const layers = sizes.slice(1).map((size, k) => rowsOf(weights[`forward${k + 1}`], size, sizes[k]));
  const rates: Rows[] = [inputs];
  for (const W of layers) {
    const u = product(rates[rates.length - 1], transposed(W));
    rates.push(
      u.map((row) => (rates.length < layers.length ? row.map((x) => softplus(beta * x) / beta) : softmax(row))),
    );
  }
  const top = mixed(1, rates[layers.length], -1, labels);
  const through = (back: (layer: number) => Rows): Rows[] => {
    const errors = [top];
    for (let layer = layers.length; layer > 1; layer--) {
      const slopes = rates[layer - 1].map((row) => row.map((y) => 1 - Math.exp(-beta * y)));
      const came = product(errors[0], back(layer));
      errors.unshift(came.map((row, n) => row.map((x, j) => x * slopes[n][j])));
    }
    return errors;
  };
  const heard = through((layer) => transposed(rowsOf(weights[`errors${layer}`], sizes[layer - 1], sizes[layer])));
  const exact = through((layer) => layers[layer - 1]);
  return layers.map((W, k) => {
    const [below, above] = [rates[k], rates[k + 1]];
    const residual = mixed(1, below, -1, product(above, W));
    return {
      norm: Math.sqrt(squares(W)),
      unorthonormal: squares(product(residual, transposed(W))) / inputs.length,
      participation: participation(above),
      angle: angle([mean(heard[k])], [mean(exact[k])]),
    };
  });
}

/** From the covariance C itself: (tr C)^2 / tr C^2. */
function participation(rates: Rows): number {
  const usual = mean(rates);
  const off = rates.map((row) => row.map((x, i) => x - usual[i]));
  const covariance = product(transposed(off), off);
  const trace = covariance.reduce((sum, row, i) => sum + row[i], 0);
  return (trace * trace) / squares(covariance);
}

function mean(rows: Rows): Float64Array {
  const sum = new Float64Array(rows[0].length);
  for (const row of rows) row.forEach((x, i) => (sum[i] += x));
  return sum.map((x) => x / rows.length);
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function softmax(row: Float64Array): Float64Array {
  const top = row.reduce((most, x) => Math.max(most, x), -Infinity);
  const powers = row.map((x) => Math.exp(x - top));
  const sum = powers.reduce((all, x) => all + x, 0);
  return powers.map((x) => x / sum);
}
