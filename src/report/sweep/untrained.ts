import { quartiles, type Quartiles } from '../../analysis/index.ts';
import type { SweepCellData } from '../../recording/index.ts';
import { runawayLoss } from '../data/runaway.ts';
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

/** The loss above which a learner of these cells has run away. */
export function runaway(cells: readonly SweepCellData[]): number {
  return runawayLoss(cells.flatMap(({ realizations }) => realizations.map((one) => one?.firstLoss ?? NaN)));
}
