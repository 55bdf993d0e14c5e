import { InputError } from '../../errors/index.ts';
import { worst, type FinishedRealization, type ScoreCourse, type Scores } from '../../training/index.ts';
import { bestLoss, finalLoss } from '../../analysis/index.ts';
import { usesFeedbackWeights } from '../feedback-use.ts';
import { readDescription, sweepCells, type SweepCell, type SweepDescription } from './description.ts';
import { holdsSweep, keptRealizations, realizationFile, sweepFiles } from './directory.ts';
import { readRealization, type KeptRealization } from './realization-file.ts';

/** The data of a sweep directory, for results and reports. A sweep that has not ended can be read as well. */
export interface SweepData {
  /** The sweep directory, as it was given. */
  readonly directory: string;
  readonly description: SweepDescription;
  /** In the grid's order. */
  readonly cells: readonly SweepCellData[];
}

export interface SweepCellData extends SweepCell {
  /** One for each seed, in the order of the seeds; null while it has not ended. */
  readonly realizations: readonly (RealizationData | null)[];
}

/** The results of one realization. */
export interface RealizationData {
  readonly seed: number;
  readonly ended: KeptRealization['reason'] | 'diverged';
  /** What happened if it failed or diverged. */
  readonly error: string | null;
  /** Of each trial. */
  readonly losses: Float64Array;
  /** Of each trial; NaN if there is none, or the learner does not use the feedback weights. */
  readonly alignments: Float64Array;
  /**
   * Mean loss of the last trials (see `finalLoss`). Infinity if it diverged, which is greater than any loss; NaN if it failed for another reason,
   * since then nothing is known.
   */
  readonly finalLoss: number;
  /** Of the first trial, that is, of the untrained network. NaN if there was none. */
  readonly firstLoss: number;
  /** The lowest loss of any trial; NaN if there was none. */
  readonly bestLoss: number;
  /** After the last trial; NaN if there is none. */
  readonly alignment: number;
  /**
   * The scores of the test at the end, by name: the worst possible, infinite, if it diverged; NaN if it failed for another reason, or the task
   * of its cell has no such score.
   */
  readonly scores: Scores;
  /** The scores of the test over training. */
  readonly tested: ScoreCourse;
  /** What its outputs answer at the end; null if it failed, or that was not kept. */
  readonly outputs: FinishedRealization['outputs'];
  /** The same in some test trials. */
  readonly shown: FinishedRealization['shown'];
}

/**
 * Reads a sweep directory.
 *
 * @throws InputError if there is no sweep, or one of its files is damaged or not ours.
 */
export function readSweep(directory: string): SweepData {
  if (!holdsSweep(directory)) throw new InputError(directory, 'holds no sweep.json; give the directory of a sweep');
  const files = sweepFiles(directory);
  const description = readDescription(files.description);
  const { identity, seeds, scores } = description;
  const kept = keptRealizations(files);
  const cells = sweepCells(description).map((cell) => ({
    ...cell,
    realizations: seeds.map((seed) => {
      const file = realizationFile(files, cell.number, seed);
      if (!kept.has(file)) return null;
      const realization = readRealization(file, { identity, cell: cell.number, seed });
      return fared(realization, scores, usesFeedbackWeights(cell));
    }),
  }));
  return { directory, description, cells };
}

function fared(realization: KeptRealization, defined: SweepDescription['scores'], isAligned: boolean): RealizationData {
  const { seed, reason, losses, tested } = realization;
  const alignments = isAligned ? realization.alignment : new Float64Array(losses.length).fill(NaN);
  const [error, diverged] = reason === 'failed' ? [realization.error, realization.diverged] : [null, false];
  return {
    ...{ seed, error, losses, alignments, tested },
    ended: diverged ? 'diverged' : reason,
    finalLoss: diverged ? Infinity : reason === 'failed' ? NaN : finalLoss(losses),
    firstLoss: losses.at(0) ?? NaN,
    bestLoss: bestLoss(losses),
    alignment: alignments.at(-1) ?? NaN,
    scores: Object.fromEntries(
      Object.entries(defined).map(([name, score]) => {
        const last = Object.hasOwn(tested.scores, name) ? tested.scores[name].at(-1) : undefined;
        return [name, diverged ? worst(score) : reason === 'failed' ? NaN : (last ?? NaN)];
      }),
    ),
    outputs: reason === 'failed' ? null : realization.outputs,
    shown: reason === 'failed' ? [] : realization.shown,
  };
}
