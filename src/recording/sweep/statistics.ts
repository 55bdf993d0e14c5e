import { quartiles, type Quartiles } from '../../analysis/index.ts';
import type { RealizationData, SweepCellData, SweepData } from './read-sweep.ts';

/** How many realizations ended in each way. */
export interface Counts {
  /** The number of cells times that of seeds. */
  readonly planned: number;
  /** All that have ended, including those that diverged or failed. */
  readonly ended: number;
  readonly diverged: number;
  readonly failed: number;
}

/** Median and quartiles over the seeds of a cell. Infinity: so many diverged that the value is among them; NaN: nothing is known. */
export interface CellStatistics {
  readonly counts: Counts;
  readonly firstLoss: Quartiles;
  readonly finalLoss: Quartiles;
  readonly bestLoss: Quartiles;
  readonly alignment: Quartiles;
}

/** A score at the end over the seeds of a cell; infinite if so many diverged that the value is among them. */
export function scoreStatistics({ realizations }: Pick<SweepCellData, 'realizations'>, name: string): Quartiles {
  return quartiles(realizations.map((one) => one?.scores[name] ?? NaN));
}

/** Statistics over the seeds of a cell. A realization that diverged has an infinite final loss; one that failed for another reason is left out. */
export function cellStatistics({ realizations }: Pick<SweepCellData, 'realizations'>): CellStatistics {
  const over = (value: (realization: RealizationData) => number): Quartiles =>
    quartiles(realizations.map((realization) => (realization === null ? NaN : value(realization))));
  const known = (realization: RealizationData, value: number) => (realization.ended === 'failed' ? NaN : value);
  return {
    counts: countsOf(realizations),
    firstLoss: over((realization) => known(realization, realization.firstLoss)),
    finalLoss: over(({ finalLoss }) => finalLoss),
    bestLoss: over((realization) => known(realization, realization.bestLoss)),
    alignment: over((realization) => known(realization, realization.alignment)),
  };
}

/** How many realizations of a sweep ended in each way. */
export function sweepCounts({ cells }: SweepData): Counts {
  return countsOf(cells.flatMap(({ realizations }) => realizations));
}

function countsOf(realizations: readonly (RealizationData | null)[]): Counts {
  const how = (ended: RealizationData['ended']) => realizations.filter((one) => one?.ended === ended).length;
  return {
    planned: realizations.length,
    ended: realizations.filter((one) => one !== null).length,
    diverged: how('diverged'),
    failed: how('failed'),
  };
}
