import { InputError, learningAlgorithm, learningRate, local, withTrial, type LearningAlgorithm } from 'rxflo';
import { inverted, mixed, product, rowsOf, squares, transposed, type Rows } from './dense.ts';

// The rules of fixed points in a linear network r = W r + d by formulas, as in the authors' notebook: no circuit needs to settle, whatever W is.

export const FORMULAS = ['dW1', 'dW2', 'dW3'] as const;
export type Formula = (typeof FORMULAS)[number];

export interface Batch {
  /** Row = sample. */
  readonly drives: Rows;
  readonly targets: Rows;
}

export interface Learning {
  readonly loss: number;
  readonly change: Readonly<Record<Formula, (eta: number) => Rows>>;
}

/**
 * The loss of a batch, the mean of |r - target|^2, and the update of W by each rule, with A = (I - W)^-1, delta = 2 (r - target), and M the mean of
 * delta d':
 *
 *     dW1 = -eta A' mean(delta r')      dW2 = (I - W) - (A - eta M)^-1      dW3 = -eta (I - W) M (I - W)
 */
export function rulesAt(W: Rows, { drives, targets }: Batch): Learning {
  const b = W.map((row, i) => row.map((w, j) => Number(i === j) - w));
  const a = inverted(b);
  const r = product(drives, transposed(a));
  const delta = mixed(2, r, -2, targets);
  const samples = drives.length;
  const scaled = (scale: number, left: Rows, right: Rows) =>
    product(transposed(left), right).map((row) => row.map((x) => (scale * x) / samples));
  const change: Learning['change'] = {
    dW1: (eta) => scaled(-eta, product(delta, a), r),
    dW2: (eta) => mixed(1, b, -1, inverted(mixed(1, a, 1, scaled(-eta, delta, drives)))),
    dW3: (eta) => scaled(-eta, product(delta, transposed(b)), product(drives, b)),
  };
  return { loss: squares(delta) / 4 / samples, change };
}

/**
 * Learns the group `recurrent` of linear `fixedPoints` by a formula: a trial is a batch, whose rows are drives and targets. Nothing needs to settle,
 * and nothing is local.
 */
export function byFormula(rule: Formula): LearningAlgorithm {
  return learningAlgorithm({
    name: `fixed-point-${rule}`,
    title: `${rule} by its formula`,
    causal: false,
    open: (network, options) => {
      const engine = local().open(network, options);
      const group = network.groups.find(({ name }) => name === 'recurrent');
      if (!group) throw new InputError('circuit', "has no synapse group 'recurrent'; give a circuit of `fixedPoints`");
      const { size } = group.to;
      return withTrial(engine, (trial, { learn = true, number = 1, pace = 1 } = {}) => {
        const weights = engine.weights();
        const W = rowsOf(weights['recurrent'], size, size);
        const { loss, change } = rulesAt(W, {
          drives: rowsOf(trial.input, trial.timesteps, size, 2 * size),
          targets: rowsOf(trial.input, trial.timesteps, size, 2 * size, size),
        });
        if (!learn) return loss;
        const found = change[rule](pace * learningRate(group, `fixed-point-${rule}`, number));
        const next = weights['recurrent'].map((w, at) => w + found[Math.floor(at / size)][at % size]);
        engine.setWeights({ ...weights, recurrent: next });
        return loss;
      });
    },
  });
}
