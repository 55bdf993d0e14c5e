import type { Quartiles } from '../../analysis/index.ts';
import type { Cell, Setting, Settings } from '../../training/index.ts';
import { namedScores, type NamedScore } from '../records.ts';
import { version } from '../version.ts';
import { bestCells } from './best.ts';
import type { SweepData } from './read-sweep.ts';
import { cellStatistics, scoreStatistics, sweepCounts, type Counts } from './statistics.ts';

/** Median and quartiles as in JSON: a number, `"diverged"` if it is infinite, null if nothing is known. */
type Written = Readonly<Record<keyof Quartiles, number | 'diverged' | null>>;

/** `summary.json` of a sweep: what ran, and the results of each cell. */
export interface SweepSummary {
  readonly format: 'rxflo-sweep-summary/4';
  readonly title: string;
  readonly scenario: string;
  /** 'failed' if a realization failed without diverging; 'unfinished' if some have not ended. */
  readonly state: 'finished' | 'unfinished' | 'failed';
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly grid: readonly { readonly name: string; readonly values: readonly Setting[] }[];
  readonly seeds: readonly number[];
  /** The axis that everything else is tuned over; null if there is none. */
  readonly best: string | null;
  /** What the tasks' tests score. */
  readonly scores: readonly NamedScore[];
  /** The score that results are compared by; null: the final loss. */
  readonly score: string | null;
  readonly realizations: Counts;
  readonly cells: readonly {
    readonly cell: number;
    readonly values: Cell;
    readonly learner: string;
    readonly realizations: Counts;
    /** Whether figures show it: if an axis is tuned over, only the best cells. */
    readonly best: boolean;
    readonly firstLoss: Written;
    readonly finalLoss: Written;
    readonly bestLoss: Written;
    readonly alignment: Written;
    readonly scores: Readonly<Record<string, Written>>;
  }[];
  /** Those that diverged or failed, and why. */
  readonly failures: readonly {
    readonly cell: number;
    readonly seed: number;
    readonly ended: 'diverged' | 'failed';
    readonly error: string;
  }[];
}

/** Summarizes a sweep and its results. */
export function summarizeSweep(data: SweepData): SweepSummary {
  const { description, cells } = data;
  const { title, scenario, settings, grid, seeds, best, scores, score } = description;
  const tuned = new Set(bestCells(data).map(({ number }) => number));
  const counts = sweepCounts(data);
  return {
    format: 'rxflo-sweep-summary/4',
    title,
    scenario,
    state: counts.ended < counts.planned ? 'unfinished' : counts.failed > 0 ? 'failed' : 'finished',
    versions: { rxflo: version(), node: process.versions.node },
    settings,
    grid: Object.entries(grid).map(([name, values]) => ({ name, values })),
    seeds,
    best,
    scores: namedScores(scores),
    score,
    realizations: counts,
    cells: cells.map((cell) => {
      const { counts: realizations, firstLoss, finalLoss, bestLoss, alignment } = cellStatistics(cell);
      return {
        ...{ cell: cell.number, values: cell.values, learner: cell.learner, realizations },
        best: tuned.has(cell.number),
        ...{ firstLoss: written(firstLoss), finalLoss: written(finalLoss) },
        ...{ bestLoss: written(bestLoss), alignment: written(alignment) },
        scores: Object.fromEntries(Object.keys(scores).map((name) => [name, written(scoreStatistics(cell, name))])),
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
  const value = (x: number) => (Number.isNaN(x) ? null : Number.isFinite(x) ? x : 'diverged');
  return { low: value(low), median: value(median), high: value(high) };
}
