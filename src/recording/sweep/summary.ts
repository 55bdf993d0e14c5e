import { quartiles, type Quartiles } from '../../analysis/index.ts';
import type { Cell, Setting, Settings } from '../../training/index.ts';
import { version } from '../version.ts';
import type { RealizationData, SweepCellData, SweepData } from './read-sweep.ts';

/** How many realizations ended how. */
export interface Counts {
  /** As many as there are cells times seeds. */
  readonly planned: number;
  /** All that have ended, also those that diverged or failed. */
  readonly ended: number;
  readonly diverged: number;
  readonly failed: number;
}

/** Median and quartiles over the seeds of a cell. Infinity: so many diverged that the value lies among them; NaN: nothing is known. */
export interface CellStatistics {
  readonly counts: Counts;
  readonly finalLoss: Quartiles;
  readonly bestLoss: Quartiles;
  readonly alignment: Quartiles;
}

/** What came of the seeds of a cell. A realization that diverged has an infinite final loss; one that failed otherwise is left out. */
export function cellStatistics({ realizations }: Pick<SweepCellData, 'realizations'>): CellStatistics {
  const over = (value: (realization: RealizationData) => number): Quartiles =>
    quartiles(realizations.map((realization) => (realization === null ? NaN : value(realization))));
  const known = (realization: RealizationData, value: number) => (realization.ended === 'failed' ? NaN : value);
  return {
    counts: countsOf(realizations),
    finalLoss: over(({ finalLoss }) => finalLoss),
    bestLoss: over((realization) => known(realization, realization.bestLoss)),
    alignment: over((realization) => known(realization, realization.alignment)),
  };
}

/** How many realizations of a sweep ended how. */
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

/** Median and quartiles as JSON has them: a number, `"diverged"` for Infinity, null where nothing is known. */
type Written = Readonly<Record<keyof Quartiles, number | 'diverged' | null>>;

/** `summary.json` of a sweep: what ran, and what came out of each cell. */
export interface SweepSummary {
  readonly format: 'rxflo-sweep-summary/1';
  readonly title: string;
  readonly scenario: string;
  /** 'failed' where a realization failed without diverging; 'unfinished' where some have not ended. */
  readonly state: 'finished' | 'unfinished' | 'failed';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly grid: readonly { readonly name: string; readonly values: readonly Setting[] }[];
  readonly seeds: readonly number[];
  readonly realizations: Counts;
  readonly cells: readonly {
    readonly cell: number;
    readonly values: Cell;
    readonly learner: string;
    readonly realizations: Counts;
    readonly finalLoss: Written;
    readonly bestLoss: Written;
    readonly alignment: Written;
  }[];
  /** Those that diverged or failed, and why. */
  readonly failures: readonly {
    readonly cell: number;
    readonly seed: number;
    readonly ended: 'diverged' | 'failed';
    readonly error: string;
  }[];
}

/** Says what ran and what came out. */
export function summarizeSweep(data: SweepData): SweepSummary {
  const { description, cells } = data;
  const { title, scenario, settings, grid, seeds } = description;
  const counts = sweepCounts(data);
  return {
    format: 'rxflo-sweep-summary/1',
    title,
    scenario,
    state: counts.ended < counts.planned ? 'unfinished' : counts.failed > 0 ? 'failed' : 'finished',
    versions: { rxflo: version(), node: process.versions.node },
    settings,
    grid: Object.entries(grid).map(([name, values]) => ({ name, values })),
    seeds,
    realizations: counts,
    cells: cells.map((cell) => {
      const { counts: realizations, finalLoss, bestLoss, alignment } = cellStatistics(cell);
      return {
        ...{ cell: cell.number, values: cell.values, learner: cell.learner, realizations },
        ...{ finalLoss: written(finalLoss), bestLoss: written(bestLoss), alignment: written(alignment) },
      };
    }),
    failures: cells.flatMap(({ number, realizations }) =>
      realizations.flatMap((one) =>
        one?.ended === 'diverged' || one?.ended === 'failed'
          ? [{ cell: number, seed: one.seed, ended: one.ended, error: one.error ?? '' }]
          : [],
      ),
    ),
  };
}

function written({ low, median, high }: Quartiles): Written {
  const value = (x: number) => (Number.isNaN(x) ? null : x === Infinity ? 'diverged' : x);
  return { low: value(low), median: value(median), high: value(high) };
}
