import type { TrialColumns } from '../../recording/index.ts';
import { learnerStyle, type LineStyle } from '../drawing/palette.ts';
import type { DrawnRun } from './drawn.ts';
import type { Point } from './thin.ts';

/** The values that one learner recorded, at most one per trial. */
export interface Series extends LineStyle {
  readonly name: string;
  /** Finite values only, by ascending trial. */
  readonly points: readonly Point[];
}

/** One column of a probe's readings, for every learner, in the run's order. */
export function readingsOf({ learners }: DrawnRun, probe: string, column: number): Series[] {
  return learners.map(({ label: name, probes }, order) => {
    const { trial = [], values = [], width = 0 } = probes.get(probe) ?? {};
    const points = Array.from(trial, (each, i) => ({ trial: each, value: values[i * width + column] }));
    return { name, ...learnerStyle(order), points: points.filter(({ value }) => Number.isFinite(value)) };
  });
}

/** One column of the trials, for every learner, in the run's order. */
export function seriesOf({ learners }: DrawnRun, column: Exclude<keyof TrialColumns, 'trial'>): Series[] {
  return learners.map(({ label: name, trials }, order) => ({
    name,
    ...learnerStyle(order),
    points: Array.from(trials.trial, (trial, i) => ({ trial, value: trials[column][i] })).filter(({ value }) =>
      Number.isFinite(value),
    ),
  }));
}
