import { quartiles, type Quartiles } from '../../analysis/index.ts';
import type { SweepCellData } from '../../recording/index.ts';
import { runawayLoss } from '../data/runaway.ts';
import type { Key } from '../drawing/figure.ts';

/** How the untrained network is drawn. */
export const untrainedKey: Key = { label: 'untrained', colour: '#8c8c8c', dash: 'none' };

/** The part of a caption that explains it. */
export const untrainedNote = ' Grey: the untrained network, that is, the loss of the first trial, before any learning.';

/** The loss of the untrained networks with which some cells begin; each counts once, even if several cells begin with it. */
export function untrainedLoss(cells: readonly SweepCellData[]): Quartiles {
  return quartiles(new Set(cells.flatMap(({ realizations }) => realizations.map((one) => one?.firstLoss ?? NaN))));
}

/** The loss above which a learner of these cells counts as running away. */
export function runaway(cells: readonly SweepCellData[]): number {
  return runawayLoss(cells.flatMap(({ realizations }) => realizations.map((one) => one?.firstLoss ?? NaN)));
}
