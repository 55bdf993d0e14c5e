import {
  keptRealizations,
  readRealization,
  realizationFile,
  sweepCells,
  whileRunning,
  writeRealization,
  type KeptRealization,
  type SweepCell,
  type SweepDescription,
  type SweepFiles,
} from '../recording/index.ts';
import { untested } from '../training/index.ts';
import { inputErrorOf, type Job } from './job.ts';
import { SharedCourse } from './shared-course.ts';
import { crashProblem, type Done } from './workers.ts';

/** A realization of a sweep to run. */
export interface SweepTask {
  readonly cell: SweepCell;
  readonly seed: number;
  readonly job: Job;
  /** What it has done so far. */
  readonly course: SharedCourse;
}

/**
 * What a sweep still has to run: seed by seed, so that a sweep that is stopped early has something of every cell.
 *
 * @param jobOf Makes a cell's job, without its seed and course.
 * @throws InputError if the file of a realization that has ended is damaged: better now than after all the others.
 */
export function remainingTasks(
  description: SweepDescription,
  files: SweepFiles,
  jobOf: (cell: SweepCell) => Omit<Job, 'seed' | 'course'>,
): readonly SweepTask[] {
  const { seeds, identity } = description;
  const cells = sweepCells(description);
  const kept = keptRealizations(files);
  return seeds.flatMap((seed) =>
    cells.flatMap((cell): SweepTask[] => {
      const file = realizationFile(files, cell.number, seed);
      if (kept.has(file)) {
        readRealization(file, { identity, cell: cell.number, seed });
        return [];
      }
      const course = SharedCourse.memory(cell.trials);
      return [{ cell, seed, job: { ...jobOf(cell), seed, course }, course: new SharedCourse(course) }];
    }),
  );
}

/** Writes the result of a task. @throws InputError if the scenario is wrong, RunError if the disk is full or fails. */
export function keep(
  { cell, seed, course }: SweepTask,
  { outcome }: Done,
  { identity }: SweepDescription,
  files: SweepFiles,
): KeptRealization {
  if ('wrong' in outcome) throw inputErrorOf(outcome.wrong);
  const { learner } = cell;
  const realization: KeptRealization =
    'realization' in outcome
      ? { ...outcome.realization, learner }
      : {
          ...{ seed, learner, losses: course.losses, alignment: course.alignment, tested: untested() },
          ...{ reason: 'failed', error: crashProblem(outcome.crash), diverged: false },
        };
  whileRunning(() => {
    writeRealization(realizationFile(files, cell.number, seed), { identity, cell: cell.number, seed }, realization);
  });
  return realization;
}
