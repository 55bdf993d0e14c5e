import { FINAL_TRIALS, type Quartiles } from '../../analysis/index.ts';
import { cellStatistics, scoreStatistics, type SweepCellData, type SweepData } from '../../recording/index.ts';
import { scoreBounds } from '../data/runaway.ts';
import { lossLabel } from '../drawing/loss-label.ts';
import { scoreAxis } from '../drawing/score-axis.ts';
import { runaway, untrainedLoss, untrainedNote } from './untrained.ts';
import { logValueAxis, type ValueAxis } from '../drawing/value-axis.ts';

/** A result of each cell, as figures show it: the final loss, or a score. */
export interface Quantity {
  /** The name of its figure files: 'final-loss'. */
  readonly file: string;
  /** Its name in titles: 'Final loss'. */
  readonly title: string;
  /** The label of its axis. */
  readonly label: string;
  /** What it is: the beginning of a caption. */
  readonly caption: string;
  /** The part of a caption about the untrained network; empty if nothing is known of it. */
  readonly untrainedNote: string;
  /** Median and quartiles over the seeds of a cell. */
  readonly of: (cell: SweepCellData) => Quartiles;
  /** The same for the untrained networks that some cells begin with; NaN if nothing is known of them. */
  readonly untrained: (cells: readonly SweepCellData[]) => Quartiles;
  /** Whether it can be drawn on the axis or at its edge. */
  readonly isShown: (values: Quartiles) => boolean;
  /** The axis around some finite values. */
  readonly axis: (values: readonly number[]) => ValueAxis;
}

/** The results of a sweep, first the one by which cells are compared. */
export function quantitiesOf(sweep: SweepData): readonly [Quantity, ...Quantity[]] {
  const { scores, score } = sweep.description;
  const all = Object.keys(scores).map((name) => scoreOf(sweep, name));
  const chosen = score === null ? [] : [scoreOf(sweep, score)];
  const [first, ...others] = [...chosen, finalLossOf(sweep), ...all.filter(({ file }) => file !== chosen.at(0)?.file)];
  return [first, ...others];
}

function finalLossOf({ cells, description }: SweepData): Quantity {
  const ceiling = runaway(cells);
  return {
    file: 'final-loss',
    title: 'Final loss',
    label: lossLabel(description.loss, 'Final loss'),
    caption: `Final loss (mean over ${FINAL_TRIALS})`,
    untrainedNote,
    of: (cell) => cellStatistics(cell).finalLoss,
    untrained: untrainedLoss,
    isShown: ({ low, median }) => low > 0 && !Number.isNaN(median),
    axis: (losses) => logValueAxis(losses, ceiling),
  };
}

/** A score of the tasks' tests. */
export function scoreOf({ description, cells }: SweepData, name: string): Quantity {
  const { label, better } = description.scores[name];
  const first = cells.flatMap(({ realizations }) =>
    realizations.flatMap((one) =>
      one && Object.hasOwn(one.tested.scores, name) ? [...one.tested.scores[name].subarray(0, 1)] : [],
    ),
  );
  return {
    file: `score-${name.replaceAll(' ', '-')}`,
    title: `Score '${name}'`,
    label,
    caption: `${label}, in the test at the end (${better} is better)`,
    untrainedNote: '',
    of: (cell) => scoreStatistics(cell, name),
    untrained: () => ({ low: NaN, median: NaN, high: NaN }),
    isShown: ({ median }) => !Number.isNaN(median),
    axis: (values) => {
      const [low, high] = scoreBounds(better, first, values);
      return scoreAxis(
        { better },
        values.filter((value) => value >= low && value <= high),
      );
    },
  };
}
