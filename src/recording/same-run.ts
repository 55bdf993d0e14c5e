import { InputError } from '../errors/index.ts';
import type { RunData } from './run-data.ts';
import type { Summary } from './summary.ts';

/**
 * Checks that a summary agrees with its recording: a report shows numbers from both.
 *
 * @throws InputError naming the first field of the summary that differs.
 */
export function checkSameRun(
  file: string,
  summary: Summary,
  { header, learners }: Omit<RunData, 'directory' | 'summary'>,
): void {
  const same = (field: string, said: number | string, recorded: number | string): void => {
    if (said === recorded) return;
    const right = 'use both files of one run, or delete the summary and resume the run';
    throw new InputError(`${file}: ${field}`, `is ${said}, but ${recorded} in the recording; ${right}`);
  };
  same('seed', summary.seed, header.seed);
  same('learners', namesOf(summary.learners.map(({ learner }) => learner)), namesOf(header.learners));
  learners.forEach(({ trials: { loss } }, i) => {
    const { trials, firstLoss, lastLoss } = summary.learners[i];
    const place = `learners[${i}]`;
    same(`${place}.trials`, trials, loss.length);
    same(`${place}.firstLoss`, written(firstLoss), written(loss.at(0)));
    same(`${place}.lastLoss`, written(lastLoss), written(loss.at(-1)));
  });
}

function namesOf(learners: readonly string[]): string {
  return learners.join(', ');
}

/** A number as in JSON, which has neither -0 nor non-finite numbers. */
function written(value: number | null | undefined): number | string {
  return Number.isFinite(value) ? Number(value) + 0 : 'none';
}
