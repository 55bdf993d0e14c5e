import { quartiles, type Quartiles } from '../../analysis/index.ts';
import type { SweepCellData } from '../../recording/index.ts';
import type { Key } from '../drawing/figure.ts';

/** How the untrained network is drawn. */
export const untrainedKey: Key = { label: 'untrained', colour: '#8c8c8c', dash: 'none' };

/** What a caption says of it. */
export const untrainedNote =
  ' Grey: the untrained network, the loss of the first trial, in which nothing has been learned before.';

/** The loss of the networks that some cells begin with, untrained: each counts once, however many cells begin with it. */
export function untrainedLoss(cells: readonly SweepCellData[]): Quartiles {
  return quartiles(new Set(cells.flatMap(({ realizations }) => realizations.map((one) => one?.firstLoss ?? NaN))));
}

/** A loss from which on a learner has run away, without its values having stopped being finite yet: ten times that of any untrained network. */
export function runaway(cells: readonly SweepCellData[]): number {
  const first = cells.flatMap(({ realizations }) => realizations.map((one) => one?.firstLoss ?? NaN));
  const greatest = first.reduce((high, loss) => (loss > high && loss < Infinity ? loss : high), 0);
  return greatest > 0 ? 10 * greatest : Infinity;
}
